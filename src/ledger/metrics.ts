import type { Statement } from '../contract/index.js';
import { type Ledger, ledgerRelation, queryRows, renderLedger } from './ledger.js';

/** Counts in bins of equal width between the smallest and the largest value. */
export interface HistogramCounts {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** Rows of each label, the most frequent first, and of all other values together. */
export interface LabelCounts {
  readonly labels: Readonly<Record<string, number>>;
  readonly other: number;
}

/** What a run measured of one output column. Of numbers only finite values count, but for `rows` and `nulls`. */
export interface ColumnMetrics {
  readonly name: string;
  readonly rows: number;
  readonly nulls: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly stddev: number | null;
  /** By name, `p01` to `p99`. */
  readonly quantiles: Readonly<Record<string, number>> | null;
  readonly histogram: HistogramCounts | LabelCounts | null;
}

/** Records what a run measured, in place of what an earlier attempt did; quantiles and histogram as JSON. */
export function renderMetrics(
  ledger: Ledger,
  runId: string,
  metrics: readonly ColumnMetrics[],
): readonly Statement[] {
  const table = ledgerRelation(ledger, 'metrics');
  const columns = metrics.map(({ quantiles, histogram, ...column }) => ({
    ...column,
    runId,
    quantiles: quantiles === null ? null : JSON.stringify(quantiles),
    histogram: histogram === null ? null : JSON.stringify(histogram),
  }));
  return [
    renderLedger(ledger, 'metrics_delete', { table, runId }),
    renderLedger(ledger, 'metrics_insert', { table, columns }),
  ];
}

/** What is on record of a live column. */
export interface LiveMetrics {
  /** The run whose work readers see. */
  readonly runId: string;
  /** Its quantiles, where they are of just the rows that it published. */
  readonly quantiles: Readonly<Record<string, number>> | null;
}

/** What the ledger has of a column that readers see; null before the first publish. */
export async function readLiveMetrics(
  ledger: Ledger,
  target: string,
  column: string,
  signal: AbortSignal,
): Promise<LiveMetrics | null> {
  const metrics = ledgerRelation(ledger, 'metrics');
  const publishes = ledgerRelation(ledger, 'publishes');
  const statement = renderLedger(ledger, 'metrics_live', { metrics, publishes, target, column });
  const [row] = await queryRows(ledger, statement, 1, signal);
  if (row === undefined || row.run_id === null) return null;
  const { run_id, quantiles } = row;
  return {
    runId: String(run_id),
    quantiles: quantiles === null ? null : (JSON.parse(String(quantiles)) as Record<string, number>),
  };
}
