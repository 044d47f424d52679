import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionPool } from './pool.js';
import { querySmall } from './small-result.js';

/** How a transaction ended. */
export type Outcome = 'committed' | 'aborted' | 'unknown';

/** How long the server is asked how a transaction ended, in milliseconds: the time that a lease lasts. */
export const OUTCOME_WAIT_MS = 30_000;

/** The same once the call was aborted: whoever stops a run has little patience. */
const ABORTED_WAIT_MS = 5000;

/** Longest wait for one answer. */
const ASK_MS = 5000;
const POLL_MS = 200;

/**
 * Asks in other sessions how a transaction ended whose COMMIT was not answered, for as long as patience lasts. One that
 * still runs waits for a client that is gone: it is aborted, and then it has an outcome too.
 */
export async function askOutcome(pool: SessionPool, id: string, signal: AbortSignal): Promise<Outcome> {
  if (!/^\d+$/.test(id)) return 'unknown';
  const since = performance.now();
  const waitMs = () => (signal.aborted ? Math.min(ABORTED_WAIT_MS, pool.outcomeWaitMs) : pool.outcomeWaitMs);
  while (performance.now() - since < waitMs()) {
    const state = await askOne(pool, `describe transaction ${id}`, 'state');
    if (state === 'committed') return 'committed';
    if (state === 'rolled back' || state === 'aborted') return 'aborted';
    if (state === 'running') await askOne(pool, `select system$abort_transaction(${id})`, null);
    await sleep(POLL_MS);
  }
  return 'unknown';
}

/** One value of the column, or of the first one; null where it could not be asked. */
async function askOne(pool: SessionPool, sql: string, column: string | null): Promise<string | null> {
  const call = { stage: 'ledger', signal: AbortSignal.timeout(ASK_MS), writes: true } as const;
  try {
    using held = await pool.hold(call);
    const { columns, rows } = await querySmall(pool, held.session, { name: 'outcome', sql }, call, 1);
    const index = column === null ? 0 : columns.findIndex((name) => name.toLowerCase() === column);
    return String(rows[0]?.[index] ?? '').toLowerCase();
  } catch {
    return null;
  }
}
