import {
  type Batch,
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
  ScoringError,
  type SmallResult,
  type Snapshot,
  type Statement,
  type StatementResult,
  throwIfInterrupted,
} from '../../src/contract/index.js';
import { ask } from './ask.js';
import { SNOWFLAKE_CAPABILITIES } from './capabilities.js';
import { describeQuery } from './describe.js';
import { snowflakeDialect } from './dialect.js';
import { inspectRelation } from './inspect.js';
import { loadParts } from './load.js';
import type { CallOptions, SessionPool } from './pool.js';
import { findBounds } from './ranges.js';
import { readBatches } from './read.js';
import { renderLockWait, type Session } from './session.js';
import { querySmall } from './small-result.js';
import { runStatements } from './statements.js';
import { inTransaction } from './transaction.js';

/** A database of a Snowflake account behind a pool of sessions. */
export class SnowflakeAdapter implements RangingAdapter {
  readonly kind = 'snowflake';
  readonly dialect: Dialect = snowflakeDialect;
  readonly capabilities: Capabilities = SNOWFLAKE_CAPABILITIES;
  readonly #pool: SessionPool;
  #closing: Promise<void> | null = null;

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  async describe(query: Query, signal: AbortSignal): Promise<readonly Column[]> {
    const call: CallOptions = { stage: 'plan', signal };
    using held = await this.#pool.hold(call);
    return await describeQuery(this.#pool, held.session, query, call);
  }

  async *read(query: Query, columns: readonly Column[], options: ReadOptions): AsyncGenerator<Batch> {
    refuseSnapshot(options.snapshot);
    yield* readBatches(this.#pool, query, columns, options);
  }

  async load(relation: Relation, parts: AsyncIterable<LoadPart>, options: LoadOptions): Promise<number> {
    const { annotations, signal } = options;
    using held = await this.#pool.hold({ stage: 'stage', annotations, signal, writes: true });
    return await loadParts(this.#pool, held.session, relation, parts, options);
  }

  async execute(
    statements: readonly Statement[],
    { atomic, annotations, signal, lockWaitMs }: ExecuteOptions,
  ): Promise<readonly StatementResult[]> {
    const call: CallOptions = { stage: 'publish', annotations, signal, writes: true };
    if (atomic) refuseDdl(statements);
    using held = await this.#pool.hold(call);
    const { session } = held;
    const run = () => runStatements(this.#pool, session, statements, call);
    await using _ = await this.#boundLockWait(session, call, lockWaitMs);
    if (atomic) return await inTransaction(this.#pool, session, call, run);
    const results: StatementResult[] = [];
    for (const statement of statements) {
      const alone = () => runStatements(this.#pool, session, [statement], call);
      // What expects something may have to be undone; everything else commits by itself.
      const undoable = statement.expect !== undefined;
      results.push(...(await (undoable ? inTransaction(this.#pool, session, call, alone) : alone())));
    }
    return results;
  }

  async #boundLockWait(
    session: Session,
    call: CallOptions,
    lockWaitMs: number | undefined,
  ): Promise<AsyncDisposable> {
    if (lockWaitMs === undefined) return { [Symbol.asyncDispose]: async () => undefined };
    const place = this.#pool.placeOf(call.stage, 'lock_timeout');
    const signal = this.#pool.signalOf(call);
    await ask(this.#pool, session, { sql: renderLockWait(lockWaitMs), signal }, place);
    return {
      [Symbol.asyncDispose]: async () => {
        // A session that keeps the bound must not serve others.
        if (session.lost) return;
        const unbound = { sql: renderLockWait(null), signal: AbortSignal.timeout(5000) };
        await ask(this.#pool, session, unbound, place).catch(() => {
          session.lost = true;
        });
      },
    };
  }

  async query(statement: Statement, options: QueryOptions): Promise<SmallResult> {
    const { snapshot, annotations, signal, stage = 'ledger', maxRows } = options;
    refuseSnapshot(snapshot);
    const call: CallOptions = { stage, annotations, signal };
    using held = await this.#pool.hold(call);
    return await querySmall(this.#pool, held.session, statement, call, maxRows);
  }

  async inspect(relation: Relation, signal: AbortSignal): Promise<RelationInfo | null> {
    snowflakeDialect.relation(relation);
    const call: CallOptions = { stage: 'plan', signal };
    using held = await this.#pool.hold(call);
    return await inspectRelation(this.#pool, held.session, relation, call);
  }

  async ranges(
    query: Query,
    key: readonly Column[],
    n: number,
    { snapshot, signal }: { readonly snapshot?: Snapshot; readonly signal: AbortSignal },
  ): Promise<readonly KeyTuple[]> {
    refuseSnapshot(snapshot);
    throwIfInterrupted(signal, 'extract');
    return await findBounds(this.#pool, query, key, n, signal);
  }

  async snapshot(signal: AbortSignal): Promise<Snapshot> {
    throwIfInterrupted(signal, 'extract');
    throw noSnapshots('CAPABILITY');
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** DDL commits what is open before it, and then itself. */
function refuseDdl(statements: readonly Statement[]): void {
  const statement = statements.find(({ ddl }) => ddl === true);
  if (statement === undefined) return;
  throw new ScoringError(`${statement.name}: Snowflake takes no DDL into a transaction`, {
    code: 'CAPABILITY',
    stage: 'publish',
    details: { statement: statement.name },
  });
}

/** Nobody can have one of this adapter. */
function refuseSnapshot(snapshot: Snapshot | undefined): void {
  if (snapshot !== undefined) throw noSnapshots('INVARIANT');
}

function noSnapshots(code: 'CAPABILITY' | 'INVARIANT'): ScoringError {
  return new ScoringError('Snowflake has no snapshot that several reads share', { code, stage: 'extract' });
}
