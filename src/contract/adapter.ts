import type { BufferPool } from './buffer-pool.js';
import type { Capabilities } from './capabilities.js';
import type { Dialect } from './dialect.js';
import type { Stage } from './errors.js';
import type { KeyRange, KeyTuple } from './keys.js';
import type { Query, Relation, Statement } from './relation.js';
import type { Column } from './types.js';
import type { Batch, Vector } from './vector.js';

/**
 * A moment of the warehouse that reads, counts and key lists share. Dispose it to let the connection go; twice is as
 * good as once.
 */
export interface Snapshot extends AsyncDisposable {
  /** How the moment is named in the ledger: a transaction or version id, for people. */
  readonly id: string;
}

/** Run id and the like, for the warehouse's query history. */
export type Annotations = Readonly<Record<string, string>>;

export interface ReadOptions {
  /** The key columns among the query's, in key order. */
  readonly key: readonly Column[];
  /** Only this key range; the whole query where left out. */
  readonly range?: KeyRange;
  /** Most rows of a batch; fewer at the end, and where wide texts would take too much memory. */
  readonly chunkRows: number;
  /** `key`: rows ascend by key over all batches. Only where `capabilities.orderedReads`. */
  readonly order: 'key' | 'any';
  /** True where the query is a plain table or file, which sorts and joins nothing by itself. */
  readonly plain?: boolean;
  readonly snapshot?: Snapshot;
  /** Where the batches' memory comes from. */
  readonly buffers: BufferPool;
  readonly annotations?: Annotations;
  readonly signal: AbortSignal;
}

/** One chunk's rows under their load key, in the order of the relation's columns. */
export interface LoadPart {
  /** Unit of idempotence: the same key loaded twice leaves one copy. */
  readonly loadKey: bigint;
  readonly rows: number;
  readonly columns: readonly LoadColumn[];
}

/** A column to load: its values, or one value for every row of the part, as a vector of one row. */
export type LoadColumn = { readonly kind: 'vector' | 'constant'; readonly vector: Vector };

export interface LoadOptions {
  /**
   * Statements of the load's own transaction, asked for when all its rows are in: the chunks' ledger rows and the
   * fence.
   */
  readonly with?: () => readonly Statement[];
  /** Names of the columns that parts give, where the relation has more: those take their defaults. */
  readonly columns?: readonly string[];
  readonly annotations?: Annotations;
  readonly signal: AbortSignal;
}

export interface ExecuteOptions {
  /** All or none; a CAPABILITY error before the first statement where the warehouse cannot. */
  readonly atomic: boolean;
  /**
   * Longest wait for a lock, in milliseconds, where statements change what readers hold: a queue behind one reader
   * would stop all that come after. A TIMEOUT error ends the wait; the connection's own limit where left out.
   */
  readonly lockWaitMs?: number;
  readonly annotations?: Annotations;
  readonly signal: AbortSignal;
}

export interface StatementResult {
  readonly rowsAffected: number;
  readonly queryId: string | null;
}

/** A value of a small result: integers as bigint, everything without a JavaScript twin as text. */
export type SmallValue = string | number | bigint | boolean | null;

export interface QueryOptions {
  /** More rows than this are an error, never a silent cut. */
  readonly maxRows: number;
  /** What the query is part of, for errors; `ledger` where left out. */
  readonly stage?: Stage;
  /** True for SQL that somebody else wrote: it runs where nothing can be written. A snapshot always is so. */
  readonly readOnly?: boolean;
  readonly snapshot?: Snapshot;
  readonly annotations?: Annotations;
  readonly signal: AbortSignal;
}

export interface SmallResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SmallValue[])[];
}

/** What `inspect` finds. */
export interface RelationInfo {
  readonly kind: 'table' | 'view';
  /**
   * Those whose types scorehouse takes: others are somebody's addition. Empty for a view that no longer binds, its
   * table being gone.
   */
  readonly columns: readonly Column[];
  /** scorehouse's mark in the relation's comment, null where there is none. */
  readonly stamp: string | null;
  readonly rows?: number;
}

/** A warehouse connection: six methods and close. Inputs are values; it cannot know what it is publishing. */
export interface WarehouseAdapter extends AsyncDisposable {
  readonly kind: string;
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  /** The query's columns in select order; reads no rows. An unknown native type is an error, not a guess. */
  describe(query: Query, signal: AbortSignal): Promise<readonly Column[]>;
  /** Batches without overlap; leaving the loop early releases the connection. */
  read(query: Query, columns: readonly Column[], options: ReadOptions): AsyncIterable<Batch>;
  /**
   * Loads parts by the bulk path as they come, all or nothing together with `with`. A part's memory may be used for
   * others once the next part is asked for. Returns the rows loaded.
   */
  load(relation: Relation, parts: AsyncIterable<LoadPart>, options: LoadOptions): Promise<number>;
  execute(statements: readonly Statement[], options: ExecuteOptions): Promise<readonly StatementResult[]>;
  query(statement: Statement, options: QueryOptions): Promise<SmallResult>;
  /** The relation's columns, kind and stamp; null when it is not there, an error when it may not be seen. */
  inspect(relation: Relation, signal: AbortSignal): Promise<RelationInfo | null>;
  snapshot(signal: AbortSignal): Promise<Snapshot>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Optional power: bounds of key ranges of about equal size. */
export interface RangingAdapter extends WarehouseAdapter {
  /** At most `n - 1` keys, ascending, that cut the query's keys into about equal ranges. */
  ranges(
    query: Query,
    key: readonly Column[],
    n: number,
    options: { readonly snapshot?: Snapshot; readonly signal: AbortSignal },
  ): Promise<readonly KeyTuple[]>;
}

/** Optional power: what reading a query would cost on a warehouse that meters it. */
export interface EstimatingAdapter extends WarehouseAdapter {
  estimate(
    query: Query,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number; readonly cost: number | null }>;
}

/** Optional power: what else in the warehouse is made from a relation. */
export interface TracingAdapter extends WarehouseAdapter {
  /** `schema.name` of views and the like that read the relation, in order; they would break without it. */
  dependents(relation: Relation, signal: AbortSignal): Promise<readonly string[]>;
}

/** Optional power: what a query reads, where the warehouse gives rights for each relation. */
export interface SourcingAdapter extends WarehouseAdapter {
  /**
   * The tables and views on which the query asks for the right to read, in order; what they are made from is not among
   * them. The right itself is not asked for: whoever may not read them can find them all the same.
   */
  sources(query: Query, signal: AbortSignal): Promise<readonly Relation[]>;
}

export function canListSources(adapter: WarehouseAdapter): adapter is SourcingAdapter {
  return 'sources' in adapter;
}

export function canTrace(adapter: WarehouseAdapter): adapter is TracingAdapter {
  return 'dependents' in adapter;
}

export function canEstimate(adapter: WarehouseAdapter): adapter is EstimatingAdapter {
  return 'estimate' in adapter;
}

export function canRange(adapter: WarehouseAdapter): adapter is RangingAdapter {
  return 'ranges' in adapter;
}
