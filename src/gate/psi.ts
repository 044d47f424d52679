import type { Column, Relation } from '../contract/index.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { type LiveMetrics, readLiveMetrics } from '../ledger/metrics.js';
import type { CheckSpec } from '../plan/scoring-plan.js';
import { type GateCheck, type GateInput, type LiveVersion, queryGate } from './check.js';
import { readDistributions, toDeciles } from './distribution.js';
import { readExtents } from './extent.js';
import { chooseSample } from './sample.js';

/** A share below this counts as this much: an empty bin would make the index infinite. */
const LEAST_SHARE = 1e-4;

type PsiCheck = Extract<CheckSpec, { kind: 'psi' }>;

/**
 * `psi_vs: live`: how far a column's distribution is from the live version's, in bins by its deciles. Where there is
 * nothing to compare with, the check passes with a note.
 */
export async function checkPsi(input: GateInput, table: Relation, check: PsiCheck): Promise<GateCheck> {
  const { live, ledger, plan, signal } = input;
  const pass = (note: string): GateCheck => ({ name: check.name, passed: true, finding: note, note });
  if (live === null) return pass('nothing is live to compare with');
  const column = live.stored.find(({ name }) => name === check.column);
  if (column === undefined) return pass('the live version has no such column to compare with');
  const recorded = await readLiveMetrics(ledger, plan.target, column.name, signal);
  const edges = await readEdges(input, live, column, recorded);
  if (edges === null) return pass('the live version has no numbers there to compare with');
  const before = await countBins(input, live.relation, check.column, edges);
  const now = await countBins(input, table, check.column, edges);
  const index = computePsi(before, now);
  const passed = index <= check.max;
  const runs = [recorded?.runId, input.runId].flatMap((run) => (run === undefined ? [] : [{ run }]));
  const metrics = ledgerRelation(ledger, 'metrics');
  return {
    name: check.name,
    passed,
    finding: `the index against the live version is ${Number(index.toPrecision(4))}, at most ${check.max} is allowed`,
    ...(passed
      ? {}
      : { look: ledger.sql.render('gate/look_metrics', { metrics, column: check.column, runs }).sql }),
  };
}

/**
 * The population stability index of counts by bin: the sum of (q - p) ln(q / p) over the bins' shares p before and
 * q now.
 */
export function computePsi(before: readonly number[], now: readonly number[]): number {
  const [p, q] = [toShares(before), toShares(now)];
  return p.reduce((sum, share, i) => {
    const other = q[i] ?? LEAST_SHARE;
    return sum + (other - share) * Math.log(other / share);
  }, 0);
}

function toShares(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => Math.max(total === 0 ? 0 : count / total, LEAST_SHARE));
}

/** The live version's deciles, each once: as they are on record, else computed. Null where it has no numbers. */
async function readEdges(
  input: GateInput,
  { relation }: LiveVersion,
  column: Column,
  recorded: LiveMetrics | null,
): Promise<readonly number[] | null> {
  const known = recorded?.quantiles;
  const deciles = known === null || known === undefined ? null : toDeciles(known);
  if (deciles !== null) return [...new Set(deciles)];
  const [extent] = await readExtents(input, relation, [column]);
  if (extent === undefined || extent.min === null) return null;
  const computed = (await readDistributions(input, relation, [extent])).get(extent)?.quantiles ?? null;
  return computed === null ? null : [...new Set(toDeciles(computed))];
}

/** The rows of a table in each bin; an edge belongs to the bin above it. NULL and non-finite values are in none. */
async function countBins(
  input: GateInput,
  table: Relation,
  column: string,
  edges: readonly number[],
): Promise<readonly number[]> {
  const { ledger, plan, signal } = input;
  const info = await ledger.adapter.inspect(table, signal);
  const rows = info?.kind === 'table' ? (info.rows ?? 0) : 0;
  const statement = ledger.sql.render('gate/shares', {
    table,
    column,
    edges: edges.map((edge, bin) => ({ column, edge, bin })),
    last: edges.length,
    key: plan.write.key,
    sample: chooseSample(rows),
  });
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const [bin, count] of await queryGate(input, statement, counts.length))
    counts[Number(bin)] = Number(count);
  return counts;
}
