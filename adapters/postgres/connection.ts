import { type Annotations, type Stage, throwIfInterrupted } from '../../src/contract/index.js';
import { cutOff, requestCancel } from './cancel.js';
import { findDeniedSchema } from './denied.js';
import { type ErrorPlace, toCallError } from './errors.js';
import type { PgConnection, PgPool } from './pool.js';
import { renderApplicationName, renderSet } from './session.js';

/** What a call of the adapter has in common: where it is, and what ends it. */
export interface CallOptions {
  readonly stage: Stage;
  readonly annotations?: Annotations | undefined;
  readonly signal: AbortSignal;
}

/** A connection that is given back at the end of its block. */
export interface HeldConnection extends Disposable {
  readonly connection: PgConnection;
}

/** After a cancel request, the time until the connection is ended by force, in milliseconds. */
export const CANCEL_GRACE_MS = 5000;

/** A connection of the pool, named for the call. */
export async function holdConnection(pool: PgPool, call: CallOptions): Promise<HeldConnection> {
  throwIfInterrupted(call.signal, call.stage);
  const connection = await acquire(pool, call);
  try {
    await nameSession(pool, connection, call);
  } catch (error) {
    releaseConnection(pool, connection);
    throw error;
  }
  return { connection, [Symbol.dispose]: () => releaseConnection(pool, connection) };
}

async function acquire(pool: PgPool, { stage, signal }: CallOptions): Promise<PgConnection> {
  const acquiring: Promise<PgConnection> = pool.knex.client.acquireConnection();
  try {
    return await untilAborted(acquiring, signal);
  } catch (error) {
    // One that arrives after the abort goes back at once.
    acquiring.then(
      (connection) => releaseConnection(pool, connection),
      () => undefined,
    );
    throw toCallError(error, signal, placeOf(pool, stage, 'connect'));
  }
}

/** Gives a connection back; one that is in the middle of something is ended. */
export function releaseConnection({ knex }: PgPool, connection: PgConnection): void {
  if (connection.getTransactionStatus() !== 'I' && connection.__knex__disposed === undefined) {
    connection.__knex__disposed = 'left in a transaction';
    cutOff(connection);
  }
  // A pool that was closed meanwhile has ended its connections, and takes none back.
  if (knex.client.pool !== undefined) knex.client.releaseConnection(connection);
}

const names = new WeakMap<PgConnection, string>();

/**
 * Names the session for the call in pg_stat_activity, where it is not so named already. A call without annotations
 * leaves the name: a run asks about tables in between, and two statements each time would say less.
 */
export async function nameSession(
  pool: PgPool,
  connection: PgConnection,
  { annotations, signal, stage }: CallOptions,
): Promise<void> {
  if (annotations === undefined) return;
  const base = pool.settings.applicationName;
  const name = renderApplicationName(base, annotations);
  if ((names.get(connection) ?? base) === name) return;
  const place = placeOf(pool, stage, 'application_name');
  await interruptible(connection, signal, place, () => connection.query(renderSet('application_name', name)));
  names.set(connection, name);
}

export function placeOf(pool: PgPool, stage: Stage, statement: string): CallPlace {
  return { stage, statement, user: pool.settings.user, pool };
}

/** A place in a call, with the pool that can be asked about what was refused there. */
export interface CallPlace extends ErrorPlace {
  readonly pool: PgPool;
}

/**
 * Runs work that the signal cancels inside the server, and words its errors. A server that does not answer the cancel
 * request loses the connection.
 */
export async function interruptible<T>(
  connection: PgConnection,
  signal: AbortSignal,
  place: CallPlace,
  work: () => Promise<T>,
): Promise<T> {
  let grace: NodeJS.Timeout | undefined;
  let cancelled: Promise<void> | undefined;
  const cancel = () => {
    cancelled = requestCancel(connection);
    grace = setTimeout(() => cutOff(connection), CANCEL_GRACE_MS);
  };
  throwIfInterrupted(signal, place.stage);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work();
  } catch (cause) {
    const deniedSchema = signal.aborted ? null : await findDeniedSchema(place.pool, cause, place.stage);
    const error = toCallError(cause, signal, { ...place, deniedSchema });
    // The server says so before it closes the socket; until then the pool would take the connection for a good one.
    if (error.code === 'CONNECTION') connection.__knex__disposed ??= error.message;
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    clearTimeout(grace);
    // A request that comes late would end the connection's next statement.
    await cancelled;
  }
}

/** The promise's value, or the signal's error as soon as it fires; what the promise holds then is the caller's. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
