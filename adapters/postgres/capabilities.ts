import { type Capabilities, ScoringError } from '../../src/contract/index.js';

/** Oldest server that is taken, as `server_version_num`; older ones get no more corrections either. */
const MIN_VERSION = 140_000;
const MERGE_VERSION = 150_000;
const NOT_MATCHED_BY_SOURCE_VERSION = 170_000;

/**
 * What a server of this version can do.
 *
 * @throws ENVIRONMENT for one that is too old
 */
export function resolveCapabilities(version: number): Capabilities {
  if (version < MIN_VERSION) {
    throw new ScoringError(`the server is Postgres ${Math.floor(version / 10_000)}`, {
      code: 'ENVIRONMENT',
      stage: 'connect',
      hint: `scorehouse needs Postgres ${MIN_VERSION / 10_000} or later.`,
    });
  }
  return Object.freeze({
    atomicScope: 'ddl+dml',
    snapshotReads: 'transaction',
    merge: version >= MERGE_VERSION ? 'native' : 'delete-insert',
    notMatchedBySource: version >= NOT_MATCHED_BY_SOURCE_VERSION,
    loadIdempotency: 'transaction',
    repoint: 'partitions',
    zeroCopyClone: false,
    rowValueCompare: true,
    annotations: 'tag',
    orderedReads: true,
    grants: true,
    lease: 'row',
    uniqueIndexes: true,
    columnDefaults: true,
    layouts: ['partition_by', 'indexes'],
    // Measured: NOTES.md.
    limits: Object.freeze({ sortRows: 250_000, rangeRows: 20_000_000, readers: 1, loadRows: 2_000_000 }),
  } as const);
}
