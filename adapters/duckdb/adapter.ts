import { rm } from 'node:fs/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import {
  assertInvariant,
  type Batch,
  type Capabilities,
  type Column,
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
import { appendPart, textBytesOf } from './append.js';
import { type HeldConnection, holdConnection, interruptible, setMemoryLimit } from './connection.js';
import { findDependents } from './dependents.js';
import { duckdbDialect } from './dialect.js';
import { inspectRelation } from './inspect.js';
import { describeQuery, readBatches, renderRangeBounds, toKeyTuples } from './read.js';
import { querySmall } from './small-result.js';
import { inTransaction, runStatements } from './transaction.js';

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

/** Texts after which the appender is flushed: by itself it waits for 204,800 rows, however wide. */
const MAX_UNFLUSHED_BYTES = 32 * 1024 ** 2;

/** A transaction on a connection of its own: all reads through it see one moment. */
class DuckdbSnapshot implements Snapshot {
  readonly id: string;
  readonly held: HeldConnection;

  constructor(id: string, held: HeldConnection) {
    this.id = id;
    this.held = held;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.held.connection.run('rollback').catch(() => undefined);
    this.held[Symbol.dispose]();
  }
}

/** DuckDB inside this process. The file's lock is held from open to close. */
export class DuckdbAdapter implements RangingAdapter, TracingAdapter {
  readonly kind = 'duckdb';
  readonly dialect = duckdbDialect;
  readonly capabilities = CAPABILITIES;
  readonly instance: DuckDBInstance;
  readonly #memoryBytes: number;
  readonly #madeFile: string | null;
  #closed = false;

  /**
   * @param memoryBytes what the engine may take when it has to sort
   * @param madeFile the database file, where opening it made it: left empty, it is removed again, so that a mistyped
   *   path leaves nothing behind
   */
  constructor(instance: DuckDBInstance, memoryBytes: number, madeFile: string | null = null) {
    this.instance = instance;
    this.#memoryBytes = memoryBytes;
    this.#madeFile = madeFile;
  }

  async #isEmpty(): Promise<boolean> {
    using held = await holdConnection(this.instance);
    const objects = 'select 1 from duckdb_tables() union all select 1 from duckdb_views() where not internal';
    return (await held.connection.runAndReadAll(objects)).currentRowCount === 0;
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    using held = await holdConnection(this.instance);
    const { connection } = held;
    return await interruptible(connection, signal, 'plan', 'describe', async () => {
      const columns = await describeQuery(connection, query);
      // Every read puts the query in parentheses, where a statement that writes does not parse: told here, not later.
      const inner = await connection.prepare(`select 1 from (${query.sql}\n) as source`);
      inner.destroySync();
      return columns;
    });
  }

  async *read(query: Query, columns: readonly Column[], options: ReadOptions): AsyncGenerator<Batch> {
    using held = await this.#connectionOf(options.snapshot);
    // An unsorted stream needs little, and what it does not need would be filled with pages of the file.
    const light = options.order === 'any' && options.plain === true;
    const bytes = light ? Math.min(this.#memoryBytes, STREAM_MEMORY_BYTES) : this.#memoryBytes;
    await setMemoryLimit(held.connection, bytes);
    try {
      yield* readBatches(held.connection, query, columns, options);
    } finally {
      await setMemoryLimit(held.connection, this.#memoryBytes).catch(() => undefined);
    }
  }

  async load(relation: Relation, parts: AsyncIterable<LoadPart>, options: LoadOptions): Promise<number> {
    using held = await holdConnection(this.instance);
    const { connection } = held;
    return await inTransaction(connection, options.signal, 'stage', async () => {
      const appender = await connection.createAppender(relation.name, relation.schema, relation.database);
      let rows = 0;
      let unflushed = 0;
      await interruptible(connection, options.signal, 'stage', 'append', async () => {
        for await (const part of parts) {
          appendPart(appender, part);
          unflushed += textBytesOf(part);
          if (unflushed > MAX_UNFLUSHED_BYTES) {
            appender.flushSync();
            unflushed = 0;
          }
          rows += part.rows;
        }
        appender.closeSync();
      });
      await runStatements(connection, options.with?.() ?? [], options.signal, 'stage');
      return rows;
    });
  }

  async execute(
    statements: readonly Statement[],
    options: ExecuteOptions,
  ): Promise<readonly StatementResult[]> {
    using held = await holdConnection(this.instance);
    const { connection } = held;
    const run = () => runStatements(connection, statements, options.signal, 'publish');
    return await (options.atomic ? inTransaction(connection, options.signal, 'publish', run) : run());
  }

  async query(statement: Statement, options: QueryOptions): Promise<SmallResult> {
    using held = await this.#connectionOf(options.snapshot);
    return await querySmall(held.connection, statement, options);
  }

  async inspect(relation: Relation, signal: AbortSignal): Promise<RelationInfo | null> {
    using held = await holdConnection(this.instance);
    return await inspectRelation(held.connection, relation, signal);
  }

  async ranges(
    query: Query,
    key: readonly Column[],
    n: number,
    options: { readonly snapshot?: Snapshot; readonly signal: AbortSignal },
  ): Promise<readonly KeyTuple[]> {
    const statement = { name: 'ranges', sql: renderRangeBounds(query, key, n) };
    const { rows } = await this.query(statement, { ...options, maxRows: n });
    return toKeyTuples(rows, key);
  }

  async dependents(relation: Relation, signal: AbortSignal): Promise<readonly string[]> {
    using held = await holdConnection(this.instance);
    return await findDependents(held.connection, relation, signal);
  }

  async snapshot(signal: AbortSignal): Promise<Snapshot> {
    const held = await holdConnection(this.instance);
    try {
      const { connection } = held;
      const reader = await interruptible(connection, signal, 'extract', 'snapshot', async () => {
        await connection.run('begin transaction');
        return connection.runAndReadAll('select txid_current()');
      });
      return new DuckdbSnapshot(`transaction ${reader.getRows()[0]?.[0]}`, held);
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const unused = this.#madeFile !== null && (await this.#isEmpty());
    this.instance.closeSync();
    if (unused) await rm(this.#madeFile as string, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The snapshot's own connection, which outlives the call, or a fresh one. */
  async #connectionOf(snapshot: Snapshot | undefined): Promise<HeldConnection> {
    if (snapshot === undefined) return holdConnection(this.instance);
    assertInvariant(snapshot instanceof DuckdbSnapshot, 'a snapshot of another adapter', 'extract');
    return { connection: snapshot.held.connection, [Symbol.dispose]: () => undefined };
  }
}
