import type { Capabilities } from '../../src/contract/index.js';

/** What Snowflake can do, whatever its version: there is only one. */
export const SNOWFLAKE_CAPABILITIES: Capabilities = Object.freeze({
  // DDL commits by itself, and what was open before it too.
  atomicScope: 'dml',
  snapshotReads: 'none',
  merge: 'native',
  notMatchedBySource: false,
  loadIdempotency: 'transaction',
  repoint: 'guarded-replace',
  zeroCopyClone: true,
  rowValueCompare: false,
  annotations: 'tag',
  orderedReads: true,
  grants: false,
  lease: 'row',
  uniqueIndexes: false,
  columnDefaults: false,
  layouts: [],
  limits: Object.freeze({
    sortRows: 50_000_000,
    rangeRows: 50_000_000,
    readers: 1,
    loadRows: 2_000_000,
  }),
} as const);
