import type { Relation } from '../contract/index.js';
import type { ColumnMetrics, HistogramCounts } from '../ledger/metrics.js';
import { type GateInput, queryGate } from './check.js';
import type { Extent } from './extent.js';
import { chooseSample } from './sample.js';

const SHARES = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

/** Bins of a histogram, of equal width. */
const BINS = 20;

/** Columns of one statement. */
const COLUMNS = 50;

type Quantiles = NonNullable<ColumnMetrics['quantiles']>;

/** How a column's finite values are distributed: of a large table, those of a sample. */
export interface Distribution {
  readonly quantiles: Quantiles | null;
  readonly histogram: HistogramCounts | null;
}

/** The distributions of columns with finite values, in one pass over the table. */
export async function readDistributions(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
): Promise<ReadonlyMap<Extent, Distribution>> {
  const found = new Map<Extent, Distribution>();
  for (let at = 0; at < extents.length; at += COLUMNS) {
    const some = extents.slice(at, at + COLUMNS);
    const rows = await readSome(input, table, some);
    for (const [i, extent] of some.entries()) {
      const [quantiles, below] = [i * 2, i * 2 + 1].map((place) =>
        rows.flatMap((row) => (row[place] === null || row[place] === undefined ? [] : [Number(row[place])])),
      );
      found.set(extent, {
        quantiles: toQuantiles(quantiles ?? []),
        histogram: toHistogram(extent, below ?? []),
      });
    }
  }
  return found;
}

/** The nine values that cut a column into ten parts. */
export function toDeciles(quantiles: Quantiles): readonly number[] | null {
  const deciles = SHARES.map(toName)
    .filter((name) => name.endsWith('0'))
    .map((name) => quantiles[name]);
  return deciles.every((decile) => decile !== undefined) ? (deciles as number[]) : null;
}

async function readSome(input: GateInput, table: Relation, extents: readonly Extent[]) {
  const columns = extents.map((extent) => ({
    name: extent.column.name,
    mixed: extent.nonfinite > 0,
    shares: SHARES.map((share) => ({ share })),
    edges: findEdges(extent).map((edge) => ({ name: extent.column.name, edge })),
  }));
  const sample = chooseSample(extents[0]?.rows ?? 0);
  const { key } = input.plan.write;
  // Where lists cannot be laid out as rows, a row each for as many as the longest may need.
  const places = Array.from({ length: BINS }, (_, place) => ({ place }));
  const statement = input.ledger.sql.render('gate/distribution', { table, columns, key, sample, places });
  return queryGate(input, statement, BINS);
}

/** What lies between the bins; nothing for a column of one value, or of two too close or too far apart for doubles. */
function findEdges({ min, max }: Extent): readonly number[] {
  if (min === null || max === null) return [];
  const edges = Array.from({ length: BINS - 1 }, (_, i) => min + ((max - min) / BINS) * (i + 1));
  const ascends = [min, ...edges, max].every((edge, i, all) => i === 0 || edge > (all[i - 1] ?? Number.NaN));
  return ascends ? edges : [];
}

function toQuantiles(values: readonly number[]): Quantiles | null {
  // A sample may hold none of a column's few values.
  if (values.length !== SHARES.length) return null;
  return Object.fromEntries(SHARES.map((share, i) => [toName(share), values[i] ?? 0]));
}

/** From the values below each edge, and at the end all of them. */
function toHistogram(extent: Extent, below: readonly number[]): HistogramCounts | null {
  const { min, max, rows, nulls, nonfinite } = extent;
  if (min === null || max === null) return null;
  if (min === max) {
    const counts = Array.from({ length: BINS }, (_, i) => (i === 0 ? rows - nulls - nonfinite : 0));
    return { min, max, counts };
  }
  if (below.length !== BINS) return null;
  return { min, max, counts: below.map((count, i) => count - (below[i - 1] ?? 0)) };
}

function toName(share: number): string {
  return `p${String(Math.round(share * 100)).padStart(2, '0')}`;
}
