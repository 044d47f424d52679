import type { Knex } from 'knex';
import { assertInvariant, ScoringError, type Stage, toInterrupted } from '../../src/contract/index.js';
import { cutOff } from './cancel.js';
import { type CallOptions, interruptible, nameSession, placeOf } from './connection.js';
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
  const transaction = await beginReadOnly(pool, call);
  const connection: PgConnection = await transaction.client.acquireConnection();
  const reading: ReadingTransaction = {
    connection,
    async [Symbol.asyncDispose]() {
      pool.reading.delete(reading);
      // One that is broken or was abandoned cannot be rolled back: the server has done so.
      await transaction.rollback().catch(() => undefined);
    },
  };
  pool.reading.add(reading);
  try {
    await nameSession(pool, connection, call);
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

async function beginReadOnly(pool: PgPool, { signal, stage }: CallOptions): Promise<Knex.Transaction> {
  if (signal.aborted) throw toInterrupted(stage);
  try {
    return await pool.knex.transaction(undefined, { isolationLevel: 'repeatable read', readOnly: true });
  } catch (error) {
    throw toWarehouseError(error, placeOf(pool, stage, 'begin'));
  }
}

/** How far a transaction has come. */
interface Progress<T> {
  failure?: { readonly error: unknown };
  done?: { readonly result: T; readonly id: TransactionId | null };
  /** Ends the watch over an abort while COMMIT runs. */
  unwatch?: () => void;
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
  if (call.signal.aborted) throw toInterrupted(call.stage);
  const progress: Progress<T> = {};
  const run = async (transaction: Knex.Transaction): Promise<void> => {
    const connection: PgConnection = await transaction.client.acquireConnection();
    try {
      await nameSession(pool, connection, call);
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
    await pool.knex.transaction(run, { isolationLevel: 'read committed' });
  } catch (error) {
    // A rollback that fails on a broken connection must not hide why.
    if (progress.failure !== undefined) {
      throw toCallError(progress.failure.error, call.signal, placeOf(pool, call.stage, 'transaction'));
    }
    await settleCommit(pool, call.stage, error, progress.done?.id);
  } finally {
    progress.unwatch?.();
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
  stage: Stage,
  cause: unknown,
  id: TransactionId | null | undefined,
): Promise<void> {
  const place = placeOf(pool, stage, id === undefined ? 'begin' : 'commit');
  const error = toWarehouseError(cause, place);
  if (id === undefined || id === null || error.code !== 'CONNECTION') throw error;
  const outcome = await askOutcome(pool, id);
  if (outcome === 'committed') return;
  if (outcome === 'aborted') throw error;
  throw new ScoringError('commit: the answer was lost, and the server cannot be asked how it ended', {
    code: 'OUTCOME_UNKNOWN',
    stage,
    details: { transaction: id.xid },
    hint: 'Nothing was cleaned up. Look again when the server is back: what was committed is there.',
    cause: error,
  });
}
