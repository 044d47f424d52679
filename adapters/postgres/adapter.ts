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
  type SourcingAdapter,
  type Statement,
  type StatementResult,
  type TracingAdapter,
} from '../../src/contract/index.js';
import { resolveCapabilities } from './capabilities.js';
import { type CallOptions, holdConnection, placeOf } from './connection.js';
import { findDependents } from './dependents.js';
import { describeQuery } from './describe.js';
import { newPostgresDialect } from './dialect.js';
import { inspectRelation } from './inspect.js';
import { copyParts } from './load.js';
import { closePool, type PgPool } from './pool.js';
import { type Asking, findBounds } from './ranges.js';
import { readBatches } from './read.js';
import { querySmall } from './small-result.js';
import { findSources } from './sources.js';
import { renderLocal, runAlone, runStatements } from './statements.js';
import { beginReading, inTransaction, type ReadingTransaction } from './transaction.js';

/** A transaction on a connection of its own, which exports what it sees for as long as it is open. */
class PostgresSnapshot implements Snapshot {
  readonly id: string;
  readonly #transaction: ReadingTransaction;
  #ended = false;

  constructor(id: string, transaction: ReadingTransaction) {
    this.id = id;
    this.#transaction = transaction;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#transaction[Symbol.asyncDispose]();
  }
}

/** A Postgres server behind a pool of connections. */
export class PostgresAdapter implements RangingAdapter, TracingAdapter, SourcingAdapter {
  readonly kind = 'postgres';
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  readonly #pool: PgPool;
  #closing: Promise<void> | null = null;

  constructor(pool: PgPool) {
    this.#pool = pool;
    this.dialect = newPostgresDialect(pool.facts.database);
    this.capabilities = resolveCapabilities(pool.facts.version);
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    await using reading = await beginReading(this.#pool, { stage: 'plan', signal });
    return await describeQuery(this.#pool, reading.connection, query, signal);
  }

  async *read(query: Query, columns: readonly Column[], options: ReadOptions): AsyncGenerator<Batch> {
    const { snapshot, annotations, signal } = options;
    const call: CallOptions = { stage: 'extract', annotations, signal };
    await using reading = await beginReading(this.#pool, call, snapshotId(snapshot));
    yield* readBatches(reading.connection, query, columns, options, placeOf(this.#pool, 'extract', 'read'));
  }

  async load(relation: Relation, parts: AsyncIterable<LoadPart>, options: LoadOptions): Promise<number> {
    const { annotations, signal } = options;
    const target = { relation: this.dialect.relation(relation), columns: options.columns };
    return await inTransaction(this.#pool, { stage: 'stage', annotations, signal }, async (connection) => {
      const place = placeOf(this.#pool, 'stage', 'load');
      const rows = await copyParts(connection, target, parts, signal, place);
      await runStatements(this.#pool, connection, options.with?.() ?? [], signal, 'stage');
      return rows;
    });
  }

  async execute(
    statements: readonly Statement[],
    options: ExecuteOptions,
  ): Promise<readonly StatementResult[]> {
    const { atomic, annotations, signal, lockWaitMs } = options;
    const call: CallOptions = { stage: 'publish', annotations, signal };
    const together = (some: readonly Statement[]) =>
      inTransaction(this.#pool, call, async (connection) => {
        const local = renderLocal(this.#pool, lockWaitMs);
        if (local !== '') await connection.query(local);
        return await runStatements(this.#pool, connection, some, signal, 'publish');
      });
    if (atomic) return await together(statements);
    const results: StatementResult[] = [];
    for (const statement of statements) {
      // What expects something may have to be undone; others may take no transaction (DETACH … CONCURRENTLY).
      const alone = statement.expect === undefined;
      results.push(...(await (alone ? this.#runAlone(statement, call, lockWaitMs) : together([statement]))));
    }
    return results;
  }

  async #runAlone(
    statement: Statement,
    call: CallOptions,
    lockWaitMs: number | undefined,
  ): Promise<readonly StatementResult[]> {
    using held = await holdConnection(this.#pool, call);
    return await runAlone(this.#pool, held.connection, [statement], call, lockWaitMs);
  }

  async query(statement: Statement, options: QueryOptions): Promise<SmallResult> {
    const { snapshot, annotations, signal, stage = 'ledger', readOnly = false } = options;
    const call: CallOptions = { stage, annotations, signal };
    if (snapshot === undefined && !readOnly) {
      using held = await holdConnection(this.#pool, call);
      return await querySmall(this.#pool, held.connection, statement, options);
    }
    await using reading = await beginReading(this.#pool, call, snapshotId(snapshot));
    return await querySmall(this.#pool, reading.connection, statement, options);
  }

  async inspect(relation: Relation, signal: AbortSignal): Promise<RelationInfo | null> {
    this.dialect.relation(relation);
    const call: CallOptions = { stage: 'plan', signal };
    using held = await holdConnection(this.#pool, call);
    return await inspectRelation(this.#pool, held.connection, relation, call);
  }

  async ranges(
    query: Query,
    key: readonly Column[],
    n: number,
    options: { readonly snapshot?: Snapshot; readonly signal: AbortSignal },
  ): Promise<readonly KeyTuple[]> {
    const { snapshot, signal } = options;
    await using reading = await beginReading(this.#pool, { stage: 'extract', signal }, snapshotId(snapshot));
    const { connection } = reading;
    const statement = { name: 'ranges' };
    const small = { stage: 'extract', signal } as const;
    const place = placeOf(this.#pool, 'extract', 'ranges');
    const asking: Asking = {
      ask: (sql, maxRows) => querySmall(this.#pool, connection, { ...statement, sql }, { ...small, maxRows }),
      read: (bounds, columns) => {
        const read = { key, order: 'key', chunkRows: n, buffers: new BufferPool(), signal } as const;
        return readBatches(connection, bounds, columns, read, place);
      },
    };
    return await findBounds(asking, query, key, n);
  }

  async dependents(relation: Relation, signal: AbortSignal): Promise<readonly string[]> {
    this.dialect.relation(relation);
    const call: CallOptions = { stage: 'plan', signal };
    using held = await holdConnection(this.#pool, call);
    return await findDependents(this.#pool, held.connection, relation, call);
  }

  async sources(query: Query, signal: AbortSignal): Promise<readonly Relation[]> {
    const call: CallOptions = { stage: 'plan', signal };
    await using reading = await beginReading(this.#pool, call);
    return await findSources(this.#pool, reading.connection, query, call);
  }

  async snapshot(signal: AbortSignal): Promise<Snapshot> {
    const transaction = await beginReading(this.#pool, { stage: 'extract', signal });
    try {
      const statement = { name: 'snapshot', sql: 'select pg_export_snapshot()' };
      const options = { maxRows: 1, stage: 'extract', signal } as const;
      const { rows } = await querySmall(this.#pool, transaction.connection, statement, options);
      return new PostgresSnapshot(String(rows[0]?.[0]), transaction);
    } catch (error) {
      await transaction[Symbol.asyncDispose]();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= closePool(this.#pool);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function snapshotId(snapshot: Snapshot | undefined): string | null {
  if (snapshot === undefined) return null;
  assertInvariant(snapshot instanceof PostgresSnapshot, 'a snapshot of another adapter', 'extract');
  return snapshot.id;
}
