import type { Relation } from '../contract/index.js';
import type { ColumnMetrics } from '../ledger/metrics.js';
import type { GateInput } from './check.js';
import { readDistributions } from './distribution.js';
import type { Extent } from './extent.js';
import { readLabels } from './labels.js';

/** Measures columns whose extents are known: of numbers the finite values, of texts and booleans their labels, of arrays nothing but NULLs. */
export async function measureColumns(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
): Promise<readonly ColumnMetrics[]> {
  const numbers = extents.filter(({ min }) => min !== null);
  const distributions = await readDistributions(input, table, numbers);
  const metrics: ColumnMetrics[] = [];
  for (const extent of extents) {
    const { column, rows, nulls, min, max, mean, stddev, numeric } = extent;
    const { quantiles = null, histogram = null } = distributions.get(extent) ?? {};
    metrics.push({
      name: column.name,
      rows,
      nulls,
      min,
      max,
      mean,
      stddev,
      quantiles,
      histogram: numeric || column.type.kind === 'array' ? histogram : await readLabels(input, table, extent),
    });
  }
  return metrics;
}
