import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, isScoringError, ScoringError } from './errors.js';

/** How often and for how long something that failed is done again. Times are in milliseconds. */
export interface RetryPolicy {
  /** Attempts in all, the first among them. */
  readonly attempts: number;
  /** The longest wait before the second attempt; it doubles from attempt to attempt. */
  readonly baseMs: number;
  /** The longest wait before any attempt, unless the warehouse asks for more. */
  readonly capMs: number;
  /** No attempt begins later than this after the first failure. */
  readonly totalMs: number;
}

/** An attempt that failed, and the wait before the next. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly error: ScoringError;
}

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal;
  /** Told of each failure that is not the last one. */
  readonly onRetry?: (failed: FailedAttempt) => void;
  /** Where waits and times come from; the machine's own where left out. */
  readonly tools?: RetryTools;
}

/** Chance, clock and waiting, as tests replace them. */
export interface RetryTools {
  /** From 0 to 1. */
  random(): number;
  /** Milliseconds since whenever. */
  now(): number;
  /** Resolves after the time, or as soon as the signal fires. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const MACHINE: RetryTools = {
  random: Math.random,
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};

/**
 * What passes by itself. A lock or statement timeout is the user's own patience, a held lease has its own protocol, and
 * an unknown outcome must be looked into: none of them is here.
 */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['CONNECTION', 'CONFLICT']);

/** True for a failure after which the same transaction may be made again from its start. */
export function isPassing(error: unknown): error is ScoringError {
  if (!isScoringError(error) || !error.retryable || error.code === 'OUTCOME_UNKNOWN') return false;
  return PASSING.has(error.code) || retryAfterOf(error) !== null;
}

/** The milliseconds that a busy warehouse asks to be left alone for (429, 503), from `details.retryAfterMs`. */
function retryAfterOf({ details }: ScoringError): number | null {
  const { retryAfterMs } = details;
  return typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : null;
}

/**
 * The wait before the next attempt, in milliseconds: anything from 0 to a limit that doubles each time, so that many
 * who failed together do not come back together. Null where there is to be no other.
 *
 * @param elapsedMs since the first failure
 * @param random from 0 to 1
 */
export function decideWait(
  { attempts, baseMs, capMs, totalMs }: RetryPolicy,
  error: ScoringError,
  {
    attempt,
    elapsedMs,
    random,
  }: { readonly attempt: number; readonly elapsedMs: number; readonly random: number },
): number | null {
  if (attempt >= attempts) return null;
  const waitMs = random * Math.min(capMs, baseMs * 2 ** (attempt - 1));
  // What the warehouse asks for is the least, and chance comes on top of it.
  const askedMs = (retryAfterOf(error) ?? 0) + waitMs;
  return elapsedMs + askedMs > totalMs ? null : Math.round(askedMs);
}

/**
 * Does work until it succeeds, fails for good, or has failed too often. The work must be whole: made again, it begins
 * from its start.
 *
 * @throws the work's error; one that passes, but not in time or before the signal fired, says how many attempts there
 *   were, and is not retryable any more
 */
export async function retrying<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { policy, signal, onRetry, tools = MACHINE } = options;
  let failedAt: number | null = null;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      failedAt ??= tools.now();
      const elapsedMs = tools.now() - failedAt;
      const waitMs = decideWait(policy, error, { attempt, elapsedMs, random: tools.random() });
      if (waitMs === null) throw toLast(error, attempt, elapsedMs);
      onRetry?.({ attempt, waitMs, error });
      await tools.sleep(waitMs, signal);
      if (signal.aborted) throw toLast(error, attempt, tools.now() - failedAt);
    }
  }
}

function toLast(error: ScoringError, attempts: number, elapsedMs: number): ScoringError {
  const { code, stage, details, hint } = error;
  const tried = attempts === 1 ? '' : ` (${attempts} attempts in ${(elapsedMs / 1000).toFixed(1)} s)`;
  return new ScoringError(`${error.message}${tried}`, {
    code,
    stage,
    details: { ...details, attempts },
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
