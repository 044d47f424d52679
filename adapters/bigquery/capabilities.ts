import type { Capabilities } from '../../src/contract/index.js';

/** What BigQuery can do. It has no versions that a client could ask for. */
export const CAPABILITIES: Capabilities = Object.freeze({
  atomicScope: 'dml',
  // Time travel would serve tables only, and a query may read others: every run freezes its input.
  snapshotReads: 'none',
  merge: 'native',
  notMatchedBySource: true,
  loadIdempotency: 'job-id',
  repoint: 'guarded-replace',
  zeroCopyClone: true,
  rowValueCompare: false,
  annotations: 'labels',
  orderedReads: false,
  grants: false,
  lease: 'row',
  uniqueIndexes: false,
  columnDefaults: false,
  layouts: [],
  // Why these: NOTES.md.
  limits: Object.freeze({ sortRows: 1_000_000, rangeRows: 1_000_000, readers: 4, loadRows: 1_000_000 }),
} as const);
