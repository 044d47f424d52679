import { rm } from 'node:fs/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import {
  assertInvariant,
  type Batch,
  BufferPool,
  type Capabilities,
  type Column,
  type Dialect,
  type ExecuteOptions,
  type KeyTuple,
  type LoadOptions,
  type LoadPart,
  type Query,
  type QueryOptions,
  type RangingAdapter,
  type ReadOptions,
  type Relation,
  type RelationInfo,
  type SmallResult,
  type Snapshot,
  type Statement,
  type StatementResult,
  type TracingAdapter,
} from '../../src/contract/index.js';
import { setMemoryLimit } from './connection.js';
import { findDependents } from './dependents.js';
import { newDuckdbDialect, qualify } from './dialect.js';
import { Connections, type HeldConnection, interruptible } from './held-connection.js';
import { inspectRelation } from './inspect.js';
import { loadParts } from './load.js';
import { renderRangeBounds, toKeyTuples } from './ranges.js';
import { describeQuery, readBatches } from './read.js';
import { querySmall } from './small-result.js';
import { beginSnapshot, DuckdbSnapshot } from './snapshot.js';
import { inTransaction, readOnlyTransaction, runAlone, runStatements } from './transaction.js';

const CAPABILITIES: Capabilities = Object.freeze({
  atomicScope: 'ddl+dml',
  snapshotReads: 'transaction',
  merge: 'native',
  notMatchedBySource: true,
  loadIdempotency: 'transaction',
  repoint: 'transactional-ddl',
  zeroCopyClone: false,
  rowValueCompare: true,
  annotations: 'none',
  orderedReads: true,
  grants: false,
  lease: 'connection',
  uniqueIndexes: false,
  columnDefaults: false,
  layouts: ['indexes'],
  limits: {
    sortRows: 250_000,
    rangeRows: 20_000_000,
    readers: 1,
    // Full row groups of 122,880 rows go to the file at once, compressed; the rest of a transaction stays in memory
    // and costs a second pass at the checkpoint. So: few, large transactions (measured: NOTES.md).
    loadRows: 2_000_000,
  },
} as const);

const STREAM_MEMORY_BYTES = 64 * 1024 ** 2;

/** DuckDB inside this process. The file's lock is held from open to close. */
export class DuckdbAdapter implements RangingAdapter, TracingAdapter {
  readonly kind = 'duckdb';
  readonly dialect: Dialect;
  readonly capabilities = CAPABILITIES;
  readonly #connections: Connections;
  readonly #database: string;
  readonly #memoryBytes: number;
  readonly #madeFile: string | null;
  #closing: Promise<void> | null = null;

  /**
   * @param database the database's name, which is that of its file
   * @param memoryBytes what the engine may take when it has to sort
   * @param madeFile the database file, where opening it made it: left empty, it is removed again, so that a mistyped
   *   path leaves nothing behind
   */
  constructor(
    instance: DuckDBInstance,
    database: string,
    memoryBytes: number,
    madeFile: string | null = null,
  ) {
    this.dialect = newDuckdbDialect(database);
    this.#database = database;
    this.#connections = new Connections(instance);
    this.#memoryBytes = memoryBytes;
    this.#madeFile = madeFile;
  }

  async #isEmpty(): Promise<boolean> {
    using held = await this.#connections.hold('connect');
    const objects = 'select 1 from duckdb_tables() union all select 1 from duckdb_views() where not internal';
    return (await held.connection.runAndReadAll(objects)).currentRowCount === 0;
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    using held = await this.#connections.hold('plan');
    const { connection } = held;
    return await interruptible(held, signal, 'plan', 'describe', async () => {
      const columns = await describeQuery(connection, query);
      // Every read puts the query in parentheses, where a statement that writes does not parse: told here, not later.
      const inner = await connection.prepare(`select 1 from (${query.sql}\n) as source`);
      inner.destroySync();
      return columns;
    });
  }

  async *read(query: Query, columns: readonly Column[], options: ReadOptions): AsyncGenerator<Batch> {
    using reading = await this.#beginRead(options.snapshot);
    const { held } = reading;
    // An unsorted stream needs little, and what it does not need would be filled with pages of the file.
    const light = options.order === 'any' && options.plain === true;
    const bytes = light ? Math.min(this.#memoryBytes, STREAM_MEMORY_BYTES) : this.#memoryBytes;
    await setMemoryLimit(held.connection, bytes);
    try {
      yield* readBatches(held, query, columns, options);
    } finally {
      if (!held.closed) await setMemoryLimit(held.connection, this.#memoryBytes).catch(() => undefined);
    }
  }

  async load(relation: Relation, parts: AsyncIterable<LoadPart>, options: LoadOptions): Promise<number> {
    using held = await this.#connections.hold('stage');
    return await loadParts(held, qualify(relation, this.#database), parts, options);
  }

  async execute(
    statements: readonly Statement[],
    options: ExecuteOptions,
  ): Promise<readonly StatementResult[]> {
    using held = await this.#connections.hold('publish');
    const { atomic, signal } = options;
    if (!atomic) return await runAlone(held, statements, signal, 'publish');
    return await inTransaction(held, signal, 'publish', () =>
      runStatements(held, statements, signal, 'publish'),
    );
  }

  async query(statement: Statement, options: QueryOptions): Promise<SmallResult> {
    const { snapshot, stage = 'ledger', readOnly = false, signal } = options;
    if (snapshot !== undefined)
      return await own(snapshot).use((held) => querySmall(held, statement, options));
    using held = await this.#connections.hold(stage);
    const ask = () => querySmall(held, statement, options);
    return await (readOnly ? readOnlyTransaction(held, signal, stage, ask) : ask());
  }

  async inspect(relation: Relation, signal: AbortSignal): Promise<RelationInfo | null> {
    using held = await this.#connections.hold('plan');
    return await inspectRelation(held, qualify(relation, this.#database), signal);
  }

  async ranges(
    query: Query,
    key: readonly Column[],
    n: number,
    options: { readonly snapshot?: Snapshot; readonly signal: AbortSignal },
  ): Promise<readonly KeyTuple[]> {
    using reading = await this.#beginRead(options.snapshot);
    const read = {
      key,
      order: 'key',
      chunkRows: n,
      buffers: new BufferPool(),
      signal: options.signal,
    } as const;
    const bounds: KeyTuple[] = [];
    for await (const batch of readBatches(reading.held, renderRangeBounds(query, key, n), key, read)) {
      bounds.push(...toKeyTuples(batch));
    }
    return bounds;
  }

  async dependents(relation: Relation, signal: AbortSignal): Promise<readonly string[]> {
    using held = await this.#connections.hold('plan');
    return await findDependents(held, relation, signal);
  }

  async snapshot(signal: AbortSignal): Promise<Snapshot> {
    const held = await this.#connections.hold('extract');
    try {
      return await beginSnapshot(held, signal);
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // A database that has shut itself off answers nothing: it is not known to be empty.
    const unused = this.#madeFile !== null && (await this.#isEmpty().catch(() => false));
    await this.#connections.close();
    if (unused) await rm(this.#madeFile as string, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The snapshot's own connection, which outlives the read, or a fresh one. */
  async #beginRead(snapshot: Snapshot | undefined): Promise<{ readonly held: HeldConnection } & Disposable> {
    if (snapshot !== undefined) return await own(snapshot).beginRead();
    const held = await this.#connections.hold('extract');
    return { held, [Symbol.dispose]: () => held[Symbol.dispose]() };
  }
}

function own(snapshot: Snapshot): DuckdbSnapshot {
  assertInvariant(snapshot instanceof DuckdbSnapshot, 'a snapshot of another adapter', 'extract');
  return snapshot;
}
