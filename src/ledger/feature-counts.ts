import type { Statement } from '../contract/index.js';
import { type Ledger, ledgerRelation, renderLedger } from './ledger.js';

/** Rows of a run of which a feature was not taken as it is. */
export interface FeatureCountRecord {
  /** Null where the engine did not take the row. */
  readonly feature: string | null;
  readonly reason: string;
  readonly action: string;
  readonly rows: number;
}

/** Records what a run counted; nothing where that is nothing. */
export function renderFeatureCounts(
  ledger: Ledger,
  runId: string,
  counts: readonly FeatureCountRecord[],
): readonly Statement[] {
  if (counts.length === 0) return [];
  const table = ledgerRelation(ledger, 'feature_counts');
  return [
    renderLedger(ledger, 'feature_counts_insert', {
      table,
      counts: counts.map((count) => ({ ...count, runId })),
    }),
  ];
}
