import { isScoringError, ScoringError } from '../../src/contract/index.js';
import { ask } from './ask.js';
import { toCallError } from './errors.js';
import { askOutcome } from './outcome.js';
import type { CallOptions, SessionPool } from './pool.js';
import type { Session } from './session.js';
import { querySmall } from './small-result.js';

/** After an abort, the time that a COMMIT has to be answered, in milliseconds. It is never cancelled. */
const COMMIT_GRACE_MS = 5000;

/** Longest wait for a ROLLBACK; a session that does not answer it is ended, which rolls back as well. */
const ROLLBACK_MS = 5000;

/**
 * Runs work in one transaction of the session; any error rolls back. Only DML belongs there: Snowflake commits before
 * and after everything else.
 *
 * @throws OUTCOME_UNKNOWN where the COMMIT was not answered and the server cannot be asked how it ended
 */
export async function inTransaction<T>(
  pool: SessionPool,
  session: Session,
  call: CallOptions,
  work: () => Promise<T>,
): Promise<T> {
  const signal = pool.signalOf(call);
  let id: string;
  let result: T;
  try {
    await ask(pool, session, { sql: 'begin transaction', signal }, pool.placeOf(call.stage, 'begin'));
    id = await readTransactionId(pool, session, call);
    result = await work();
  } catch (error) {
    await rollBack(pool, session);
    throw error;
  }
  await commit(pool, session, call, id);
  return result;
}

async function readTransactionId(pool: SessionPool, session: Session, call: CallOptions): Promise<string> {
  const asked = { name: 'transaction_id', sql: 'select current_transaction()' };
  const { rows } = await querySmall(pool, session, asked, call, 1);
  return String(rows[0]?.[0]);
}

/** A rollback that fails must not hide why; the session's end does the same. */
async function rollBack(pool: SessionPool, session: Session): Promise<void> {
  if (session.lost) return;
  const signal = AbortSignal.timeout(ROLLBACK_MS);
  const place = pool.placeOf('ledger', 'rollback');
  await ask(pool, session, { sql: 'rollback', signal, cancels: false }, place).catch(() => {
    session.lost = true;
  });
}

async function commit(pool: SessionPool, session: Session, call: CallOptions, id: string): Promise<void> {
  const place = pool.placeOf(call.stage, 'commit');
  const grace = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = () => {
    timer = setTimeout(() => grace.abort(), COMMIT_GRACE_MS);
  };
  const signal = pool.signalOf(call);
  if (signal.aborted) limit();
  signal.addEventListener('abort', limit, { once: true });
  try {
    await ask(pool, session, { sql: 'commit', signal: grace.signal, cancels: false }, place);
  } catch (error) {
    // Whatever the session has still open must not be committed by whoever gets it next.
    session.lost = true;
    const lost = isScoringError(error) ? error : toCallError(error, signal, place);
    const outcome = await askOutcome(pool, id, call.signal);
    if (outcome === 'committed') return;
    if (outcome === 'aborted') throw lost;
    throw new ScoringError('commit: the answer was lost, and Snowflake cannot be asked how it ended', {
      code: 'OUTCOME_UNKNOWN',
      stage: call.stage,
      details: { transaction: id },
      hint: 'Nothing was cleaned up. Run `scorehouse reconcile` when Snowflake is back: what was committed is there.',
      cause: lost,
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', limit);
  }
}
