import { setTimeout as sleep } from 'node:timers/promises';
import { cutOff } from './cancel.js';
import { holdConnection, untilAborted } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';

/** A transaction that has written, as the server names it. */
export interface TransactionId {
  readonly xid: string;
  /** The process that runs it. */
  readonly pid: number;
}

/** How a transaction ended. */
export type Outcome = 'committed' | 'aborted' | 'unknown';

const READ_ID = 'select pg_current_xact_id_if_assigned()::text, pg_backend_pid()';

/** How long the server is asked how a transaction ended, in milliseconds: the time that a lease lasts. */
export const OUTCOME_WAIT_MS = 30_000;

/** The same once the call was aborted: whoever stops a run has little patience. */
const ABORTED_WAIT_MS = 5000;

/** Longest wait for one answer. */
const ASK_MS = 5000;
const POLL_MS = 100;

/** The running transaction's id; null where it has written nothing, so that its end does not matter. */
export async function readTransactionId(connection: PgConnection): Promise<TransactionId | null> {
  const { rows } = await connection.query<[string | null, number]>({ text: READ_ID, rowMode: 'array' });
  const [xid, pid] = rows[0] ?? [null, 0];
  return xid === null ? null : { xid, pid };
}

/**
 * Asks on other connections how a transaction ended whose COMMIT was not answered, for as long as patience lasts. One
 * that still runs waits for a client that is gone: its process is ended, and then it has an outcome too.
 */
export async function askOutcome(
  pool: PgPool,
  { xid, pid }: TransactionId,
  signal: AbortSignal,
): Promise<Outcome> {
  const since = performance.now();
  const waitMs = () => (signal.aborted ? Math.min(ABORTED_WAIT_MS, pool.outcomeWaitMs) : pool.outcomeWaitMs);
  while (performance.now() - since < waitMs()) {
    const status = await ask(pool, 'select pg_xact_status($1::xid8)', xid);
    if (status === 'committed' || status === 'aborted') return status;
    if (status === 'in progress') await ask(pool, 'select pg_terminate_backend($1)', pid);
    await sleep(POLL_MS);
  }
  return 'unknown';
}

/** One value, on a connection that is ended where the server does not answer; null where it could not be asked. */
async function ask(pool: PgPool, sql: string, value: string | number): Promise<unknown> {
  const signal = AbortSignal.timeout(ASK_MS);
  try {
    using held = await holdConnection(pool, { stage: 'ledger', signal });
    const { connection } = held;
    const asking = connection.query<[unknown]>({ text: sql, values: [value], rowMode: 'array' });
    const { rows } = await untilAborted(asking, signal).catch((error) => {
      cutOff(connection);
      throw error;
    });
    return rows[0]?.[0] ?? null;
  } catch {
    return null;
  }
}
