import type { OutputSpec } from '../plan/scoring-spec.js';
import { type GateCheck, type GateInput, queryCounts } from './check.js';

/** Non-finite values under `nonfinite: fail`, and values outside an output's range by more than its tolerance. */
export async function checkOutputs(input: GateInput): Promise<readonly GateCheck[]> {
  const { scoring, write } = input.plan;
  const names = write.columns.slice(-scoring.outputs.length).map(({ name }) => name);
  const checks: GateCheck[] = [];
  for (const [i, output] of scoring.outputs.entries()) {
    if (output.nonfinite === 'fail' || output.range !== null) {
      checks.push(...(await checkOutput(input, output, names[i] ?? output.column)));
    }
  }
  return checks;
}

async function checkOutput(
  input: GateInput,
  output: OutputSpec,
  column: string,
): Promise<readonly GateCheck[]> {
  const { range, nonfinite, type } = output;
  const tolerance = range?.tolerance ?? 0;
  const floating = type.kind === 'float' || type.kind === 'double';
  const statement = input.ledger.sql.render('gate/output', {
    staging: input.staging,
    column,
    floating,
    min: bound(range?.min, -tolerance),
    max: bound(range?.max, tolerance),
  });
  const [bad = 0, outside = 0] = await queryCounts(input, statement);
  const checks: GateCheck[] = [];
  if (nonfinite === 'fail' && floating) {
    checks.push({
      name: `${column} finite`,
      passed: bad === 0,
      finding: `${bad} values are NaN or infinite`,
    });
  }
  if (range !== null) {
    const finding = `${outside} values lie outside [${range.min ?? '-∞'}, ${range.max ?? '∞'}] by more than ${tolerance}`;
    checks.push({ name: `${column} range`, passed: outside === 0, finding });
  }
  return checks;
}

function bound(value: number | null | undefined, slack: number): number | null {
  return value === null || value === undefined ? null : value + slack;
}
