import { setTimeout as sleep } from 'node:timers/promises';
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

const POLL_MS = 100;
const POLLS = 50;

/** The running transaction's id; null where it has written nothing, so that its end does not matter. */
export async function readTransactionId(connection: PgConnection): Promise<TransactionId | null> {
  const { rows } = await connection.query<[string | null, number]>({ text: READ_ID, rowMode: 'array' });
  const [xid, pid] = rows[0] ?? [null, 0];
  return xid === null ? null : { xid, pid };
}

/**
 * Asks on another connection how a transaction ended whose COMMIT was not answered. One that still runs waits for a
 * client that is gone: its process is ended, and then it has an outcome too.
 */
export async function askOutcome({ knex }: PgPool, { xid, pid }: TransactionId): Promise<Outcome> {
  for (let i = 0; i < POLLS; i++) {
    const status = await knex
      .raw('select pg_xact_status(?::xid8) as status', [xid])
      .then(({ rows }) => String(rows[0].status))
      .catch(() => 'unreachable');
    if (status === 'committed' || status === 'aborted') return status;
    if (status === 'in progress')
      await knex.raw('select pg_terminate_backend(?)', [pid]).catch(() => undefined);
    await sleep(POLL_MS);
  }
  return 'unknown';
}
