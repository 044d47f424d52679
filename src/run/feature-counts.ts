import type { FeatureCount } from '../features/contract.js';

/** Counts of two sets of rows together. */
export function addCounts(a: readonly FeatureCount[], b: readonly FeatureCount[]): readonly FeatureCount[] {
  if (b.length === 0) return a;
  const sums = new Map<string, FeatureCount>();
  for (const count of [...a, ...b]) {
    const { feature, reason, action } = count;
    const name = JSON.stringify([feature, reason, action]);
    sums.set(name, { ...count, rows: count.rows + (sums.get(name)?.rows ?? 0) });
  }
  return [...sums.values()];
}

/** Counts as a person reads them: `tenure null 12, plan unseen 3`. */
export function renderRejectCounts(counts: readonly FeatureCount[]): string {
  return counts
    .filter(({ action }) => action === 'quarantine')
    .map(({ feature, reason, rows }) => `${feature === null ? '' : `${feature} `}${reason} ${rows}`)
    .join(', ');
}
