import { type Relation, renderRelation, ScoringError } from '../contract/index.js';
import type { ColumnMetrics } from '../ledger/metrics.js';
import type { GateCheck, GateInput } from './check.js';
import { runDeclared } from './declared.js';
import { measureColumns } from './measure.js';
import { checkOutputs } from './outputs.js';
import { checkColumns, checkKeys, checkRows } from './structure.js';

/** What the gate found on the staged rows. */
export interface GateReport {
  readonly checks: readonly GateCheck[];
  /** Of each output column. */
  readonly metrics: readonly ColumnMetrics[];
}

/**
 * Checks and measures the staged predictions: their structure, the outputs, and what the target declares `over: staged`.
 * Each check runs, so that a refusal tells everything at once.
 *
 * @throws GATE_REFUSED where the columns are not as planned: nothing else can be asked then
 */
export async function runGate(input: GateInput): Promise<GateReport> {
  const columns = await checkColumns(input);
  assertGate([columns], input.staging);
  const rows = await checkRows(input);
  const { checks, extents } = await checkOutputs(input);
  const metrics = await measureColumns(input, input.staging, extents);
  // What the target declares may be any query: it is asked once there are statistics to plan it by.
  const keys = await checkKeys(input);
  const declared = await runDeclared(input, 'staged', input.staging);
  return { checks: [columns, ...rows, keys, ...checks, ...declared], metrics };
}

/**
 * What the target declares `over: result`.
 *
 * @param result the predictions as they would be after publishing; the live version must still be as it was
 */
export async function runResultChecks(input: GateInput, result: Relation): Promise<readonly GateCheck[]> {
  return runDeclared(input, 'result', result);
}

/**
 * @param staging where the rows are kept for a look
 * @throws GATE_REFUSED or BAD_KEYS unless all checks passed
 */
export function assertGate(checks: readonly GateCheck[], staging: Relation): void {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const looks = failed.flatMap(({ look }) => (look === undefined ? [] : [`${look};`]));
  const kept = `Nothing was published. The staged rows are kept in ${renderRelation(staging)} until the next publish`;
  throw new ScoringError(
    `refused by the gate: ${failed.map(({ name, finding }) => `${name}: ${finding}`).join('; ')}`,
    {
      code: failed.some(({ name }) => name === 'keys' || name === 'rejected keys')
        ? 'BAD_KEYS'
        : 'GATE_REFUSED',
      stage: 'gate',
      details: { failed },
      hint: looks.length === 0 ? `${kept}.` : [`${kept}; to see what is wrong:`, ...looks].join('\n'),
    },
  );
}
