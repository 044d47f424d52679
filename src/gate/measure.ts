import type { Relation } from '../contract/index.js';
import type { ColumnMetrics } from '../ledger/metrics.js';
import type { GateInput } from './check.js';
import type { Extent } from './extent.js';
import { readLabels } from './labels.js';
import { readQuantiles } from './quantiles.js';
import { readSpreads, type Spread } from './spread.js';

/** Measures columns whose extents are known: of numbers the finite values, of texts and booleans their labels. */
export async function measureColumns(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
): Promise<readonly ColumnMetrics[]> {
  const numbers = extents.filter(({ min }) => min !== null);
  const spreads = await readSpreads(input, table, numbers);
  const quantiles = await readQuantiles(input, table, numbers);
  const metrics: ColumnMetrics[] = [];
  for (const extent of extents) {
    const { column, rows, nulls, min, max } = extent;
    const spread = spreads.get(extent);
    metrics.push({
      name: column.name,
      rows,
      nulls,
      min,
      max,
      mean: spread?.mean ?? null,
      stddev: spread?.stddev ?? null,
      quantiles: quantiles.get(extent) ?? null,
      histogram: extent.numeric ? toHistogram(extent, spread) : await readLabels(input, table, extent),
    });
  }
  return metrics;
}

function toHistogram({ min, max }: Extent, spread: Spread | undefined): ColumnMetrics['histogram'] {
  return spread === undefined || min === null || max === null ? null : { min, max, counts: spread.counts };
}
