import type { RowStatement, StatementOption } from 'snowflake-sdk';
import { throwIfInterrupted } from '../../src/contract/index.js';
import { type ErrorPlace, toCallError, toUnreachable } from './errors.js';
import type { SessionPool } from './pool.js';
import type { Session } from './session.js';

/** One statement for the server. */
export interface Asked {
  readonly sql: string;
  readonly signal: AbortSignal;
  /** As the query history shows it; the session's own where left out. */
  readonly tag?: string | null;
  /** Asks for the columns of the result alone. */
  readonly describeOnly?: boolean;
  /** False for what is never cancelled: the signal only ends the waiting for it. */
  readonly cancels?: boolean;
}

/** After an abort, a statement is cancelled so often until it ends: a request may overtake what it means. */
const CANCEL_EVERY_MS = 500;

/** After an abort, the time until the session is given up, in milliseconds. */
const CANCEL_GRACE_MS = 5000;

/** In the time that the server may be out of reach it is asked so often whether it is there. */
const HEARTBEATS = 4;

/**
 * Runs one statement, whose rows are then streamed; its columns are there. The signal cancels it inside the server.
 *
 * @throws CONNECTION where the server was out of reach for longer than the configuration allows, however often the driver
 *   would try again
 */
export async function ask(
  pool: SessionPool,
  session: Session,
  { sql, signal, tag = null, describeOnly = false, cancels = true }: Asked,
  place: ErrorPlace,
): Promise<RowStatement> {
  throwIfInterrupted(signal, place.stage);
  const giveUp = new AbortController();
  const silence = watchServer(pool, session, giveUp);
  let running: RowStatement | undefined;
  let cancelling: NodeJS.Timeout | undefined;
  let grace: NodeJS.Timeout | undefined;
  const cancel = () => pool.driver.within(giveUp.signal, () => running?.cancel(() => undefined));
  const stop = () => {
    if (!cancels) return giveUp.abort();
    cancel();
    cancelling = setInterval(cancel, CANCEL_EVERY_MS);
    grace = setTimeout(() => giveUp.abort(), CANCEL_GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<RowStatement>((resolve, reject) => {
      giveUp.signal.addEventListener('abort', () => reject(giveUp.signal.reason), { once: true });
      const options: StatementOption = {
        sqlText: sql,
        streamResult: true,
        rowMode: 'array',
        ...(tag === null ? {} : { parameters: { QUERY_TAG: tag } }),
        ...(describeOnly ? { describeOnly } : {}),
        complete: (error, statement) => (error ? reject(error) : resolve(statement as RowStatement)),
      };
      running = pool.driver.within(giveUp.signal, () => session.connection.execute(options) as RowStatement);
    });
  } catch (error) {
    if (giveUp.signal.aborted) session.lost = true;
    if (silence.found) throw toUnreachable(place, pool.settings.networkTimeoutMs, error);
    const known = toCallError(error, signal, place);
    if (known.code === 'CONNECTION') session.lost = true;
    throw known;
  } finally {
    signal.removeEventListener('abort', stop);
    silence.stop();
    clearInterval(cancelling);
    clearTimeout(grace);
  }
}

/** Whether a server that is being waited for is still there. */
interface SilenceWatch {
  readonly found: boolean;
  stop(): void;
}

/** A statement may take hours, so that no clock of its own tells a server that is gone: heartbeats beside it do. */
function watchServer(
  { driver, settings }: SessionPool,
  session: Session,
  giveUp: AbortController,
): SilenceWatch {
  const limitMs = settings.networkTimeoutMs;
  let heardAt = performance.now();
  let found = false;
  const timer = setInterval(() => {
    if (performance.now() - heardAt >= limitMs) {
      found = true;
      giveUp.abort(new Error('the server is silent'));
      return;
    }
    const beating = driver.within(giveUp.signal, () => session.connection.isValidAsync());
    beating.then(
      (answered) => {
        if (answered) heardAt = performance.now();
      },
      () => undefined,
    );
  }, limitMs / HEARTBEATS);
  return {
    get found() {
      return found;
    },
    stop: () => clearInterval(timer),
  };
}
