import type { Column } from '../contract/index.js';
import type { OutputSpec } from '../plan/scoring-spec.js';
import { type GateCheck, type GateInput, outputColumns, queryCounts } from './check.js';
import { type Extent, readExtents } from './extent.js';
import { checkFaults } from './faults.js';

/** The outputs' checks, and how far each output's values reach. */
export interface CheckedOutputs {
  readonly checks: readonly GateCheck[];
  readonly extents: readonly Extent[];
}

/** Non-finite values under `nonfinite: fail`, and values outside an output's range by more than its tolerance. */
export async function checkOutputs(input: GateInput): Promise<CheckedOutputs> {
  const { plan, staging } = input;
  const extents = await readExtents(input, staging, outputColumns(plan));
  const checks: GateCheck[] = [];
  for (const [i, output] of plan.scoring.outputs.entries()) {
    const extent = extents[i];
    if (extent === undefined) continue;
    if (output.nonfinite === 'fail' && isFloating(extent.column)) checks.push(checkFinite(input, extent));
    else checks.push(...checkFaults(input, output, extent.column, i));
    if (output.range !== null) checks.push(await checkRange(input, extent, output.range));
  }
  return { checks, extents };
}

function checkFinite({ ledger, staging }: GateInput, { column, nonfinite }: Extent): GateCheck {
  const { name } = column;
  const look = ledger.sql.render('gate/look_nonfinite', { table: staging, column: name }).sql;
  return {
    name: `${name} finite`,
    passed: nonfinite === 0,
    finding: `${nonfinite} values are NaN or infinite`,
    ...(nonfinite === 0 ? {} : { look }),
  };
}

async function checkRange(
  input: GateInput,
  { column, nonfinite, min, max }: Extent,
  { min: lowest, max: highest, tolerance }: NonNullable<OutputSpec['range']>,
): Promise<GateCheck> {
  const { sql } = input.ledger;
  const [low, high] = [
    lowest === null ? null : lowest - tolerance,
    highest === null ? null : highest + tolerance,
  ];
  const within =
    (low === null || min === null || min >= low) && (high === null || max === null || max <= high);
  const context = {
    table: input.staging,
    column: column.name,
    floating: isFloating(column),
    min: low,
    max: high,
  };
  // The extent tells of finite values; infinity is outside any range, NaN is a matter of `nonfinite`.
  const mayFail = !within || nonfinite > 0;
  const [outside = 0] = mayFail ? await queryCounts(input, sql.render('gate/outside', context)) : [];
  return {
    name: `${column.name} range`,
    passed: outside === 0,
    finding: `${outside} values lie outside [${lowest ?? '-∞'}, ${highest ?? '∞'}] by more than ${tolerance}`,
    ...(outside === 0 ? {} : { look: sql.render('gate/look_outside', context).sql }),
  };
}

function isFloating({ type }: Column): boolean {
  return type.kind === 'float' || type.kind === 'double';
}
