import type { Knex } from 'knex';
import { assertInvariant, ScoringError } from '../../src/contract/index.js';
import { cutOff } from './cancel.js';
import { type CallOptions, holdConnection, interruptible, placeOf } from './connection.js';
import { sqlStateOf, toCallError, toWarehouseError } from './errors.js';
import { askOutcome, readTransactionId, type TransactionId } from './outcome.js';
import type { PgConnection, PgPool } from './pool.js';
import { quoteText } from './session.js';

/** A transaction that only reads, on a connection of its own; rolled back at the end of its block. */
export interface ReadingTransaction extends AsyncDisposable {
  readonly connection: PgConnection;
}

/** After an abort, the time that a COMMIT has to be answered, in milliseconds. It is never cancelled. */
const COMMIT_GRACE_MS = 5000;

/** Begins to read: as of now, or as of a snapshot that another connection has exported and still holds. */
export async function beginReading(
  pool: PgPool,
  call: CallOptions,
  snapshotId: string | null = null,
): Promise<ReadingTransaction> {
  const held = await holdConnection(pool, call);
  const { connection } = held;
  const transaction = await beginReadOnly(pool, connection, call).catch((error) => {
    held[Symbol.dispose]();
    throw error;
  });
  const reading: ReadingTransaction = {
    connection,
    async [Symbol.asyncDispose]() {
      pool.reading.delete(reading);
      // One that is broken or was abandoned cannot be rolled back: the server has done so.
      await transaction.rollback().catch(() => undefined);
      held[Symbol.dispose]();
    },
  };
  pool.reading.add(reading);
  try {
    if (snapshotId !== null) await importSnapshot(pool, connection, call, snapshotId);
    return reading;
  } catch (error) {
    await reading[Symbol.asyncDispose]();
    throw error;
  }
}

/** What the server says of a snapshot whose transaction has ended: `invalid value`, from version 17 on `undefined`. */
const GONE: ReadonlySet<string | null> = new Set(['22023', '42704']);

async function importSnapshot(
  pool: PgPool,
  connection: PgConnection,
  { signal, stage }: CallOptions,
  id: string,
): Promise<void> {
  const place = placeOf(pool, stage, 'snapshot');
  const sql = `set transaction snapshot ${quoteText(id)}`;
  await interruptible(connection, signal, place, async () => {
    try {
      await connection.query(sql);
    } catch (cause) {
      if (!GONE.has(sqlStateOf(cause))) throw cause;
      throw new ScoringError('the snapshot is gone: the connection that held it was lost', {
        code: 'CONNECTION',
        stage,
        retryable: true,
        hint: 'The server or the network ended an idle connection: see its settings for idle sessions, and run again.',
        cause,
      });
    }
  });
}

async function beginReadOnly(
  pool: PgPool,
  connection: PgConnection,
  { signal, stage }: CallOptions,
): Promise<Knex.Transaction> {
  const options = { isolationLevel: 'repeatable read', readOnly: true, connection } as const;
  const unwatch = watchBegin(connection, signal);
  try {
    return await pool.knex.transaction(undefined, options);
  } catch (error) {
    throw toCallError(error, signal, placeOf(pool, stage, 'begin'));
  } finally {
    unwatch();
  }
}

/** A BEGIN has nothing to cancel: on an abort its connection is ended, since nobody may be there to answer. */
function watchBegin(connection: PgConnection, signal: AbortSignal): () => void {
  const end = () => cutOff(connection);
  signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

/** How far a transaction has come. */
interface Progress<T> {
  failure?: { readonly error: unknown };
  done?: { readonly result: T; readonly id: TransactionId | null };
  /** Ends the watch over an abort while BEGIN runs, and COMMIT later. */
  unwatch: () => void;
}

/**
 * Runs work in one READ COMMITTED transaction; any error rolls back.
 *
 * @throws OUTCOME_UNKNOWN where the COMMIT was not answered and the server cannot be asked how it ended
 */
export async function inTransaction<T>(
  pool: PgPool,
  call: CallOptions,
  work: (connection: PgConnection) => Promise<T>,
): Promise<T> {
  using held = await holdConnection(pool, call);
  const { connection } = held;
  const progress: Progress<T> = { unwatch: watchBegin(connection, call.signal) };
  const run = async (): Promise<void> => {
    progress.unwatch();
    try {
      const result = await work(connection);
      const place = placeOf(pool, call.stage, 'commit');
      const id = await interruptible(connection, call.signal, place, () => readTransactionId(connection));
      progress.done = { result, id };
      progress.unwatch = watchCommit(connection, call.signal);
    } catch (error) {
      progress.failure = { error };
      throw error;
    }
  };
  try {
    await pool.knex.transaction(run, { isolationLevel: 'read committed', connection });
  } catch (error) {
    // A rollback that fails on a broken connection must not hide why.
    if (progress.failure !== undefined) {
      throw toCallError(progress.failure.error, call.signal, placeOf(pool, call.stage, 'transaction'));
    }
    await settleCommit(pool, call, error, progress.done?.id);
  } finally {
    progress.unwatch();
  }
  const { done } = progress;
  assertInvariant(done !== undefined, 'a transaction ended before its work', call.stage);
  return done.result;
}

/** A COMMIT is never cancelled; on an abort it has a while to be answered. */
function watchCommit(connection: PgConnection, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const limit = () => {
    timer = setTimeout(() => cutOff(connection), COMMIT_GRACE_MS);
  };
  signal.addEventListener('abort', limit, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', limit);
  };
}

/**
 * Returns where a COMMIT that was answered with an error, or not at all, has taken place.
 *
 * @param id undefined where not even BEGIN was answered, null where the transaction has written nothing
 */
async function settleCommit(
  pool: PgPool,
  { stage, signal }: CallOptions,
  cause: unknown,
  id: TransactionId | null | undefined,
): Promise<void> {
  if (id === undefined) throw toCallError(cause, signal, placeOf(pool, stage, 'begin'));
  const error = toWarehouseError(cause, placeOf(pool, stage, 'commit'));
  if (id === null || error.code !== 'CONNECTION') throw error;
  const outcome = await askOutcome(pool, id, signal);
  if (outcome === 'committed') return;
  if (outcome === 'aborted') throw error;
  throw new ScoringError('commit: the answer was lost, and the server cannot be asked how it ended', {
    code: 'OUTCOME_UNKNOWN',
    stage,
    details: { transaction: id.xid },
    hint: 'Nothing was cleaned up. Run `scorehouse reconcile` when the server is back: what was committed is there.',
    cause: error,
  });
}
