/** What a warehouse can do, total and frozen when the connection opens. */
export interface Capabilities {
  /** What one atomic `execute` may hold. */
  readonly atomicScope: 'ddl+dml' | 'dml';
  /** How rows, counts and key lists are read from one moment. */
  readonly snapshotReads: 'transaction' | 'time-travel' | 'none';
  readonly merge: 'native' | 'delete-insert';
  readonly notMatchedBySource: boolean;
  /** What makes a repeated load of one load key leave one copy. */
  readonly loadIdempotency: 'transaction' | 'job-id' | 'load-history';
  /** How readers follow the pointer. */
  readonly repoint: 'transactional-ddl' | 'partitions' | 'guarded-replace';
  readonly zeroCopyClone: boolean;
  readonly rowValueCompare: boolean;
  readonly annotations: 'tag' | 'labels' | 'comment' | 'none';
  /** True where `read` can return rows in key order. */
  readonly orderedReads: boolean;
  /** True where tables and views have grants. */
  readonly grants: boolean;
  /**
   * Who keeps other runs out. `row`: the control row, renewed by heartbeats. `connection`: the open connection itself,
   * which no second process can have.
   */
  readonly lease: 'row' | 'connection';
  /** True where a unique index over the key is cheap to make after the load, and proves that no key repeats. */
  readonly uniqueIndexes: boolean;
  /** True where a load leaves columns out that have a default, for less than it would cost to send them with each row. */
  readonly columnDefaults: boolean;
  /** The physical layouts that a version table may ask for. */
  readonly layouts: readonly ('partition_by' | 'cluster_by' | 'indexes')[];
  readonly limits: {
    /** Rows that an ordered read sorts at once, in memory. */
    readonly sortRows: number;
    /** Most rows that one ordered read should sort; more are read by key ranges of about this many. */
    readonly rangeRows: number;
    /** Key ranges that are best read at the same time, each on a connection of its own. */
    readonly readers: number;
    /** Rows that one load's transaction takes at its best; chunks are loaded together up to about this many. */
    readonly loadRows: number;
  };
}
