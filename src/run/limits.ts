import type { ResolvedLimits } from '../config/index.js';
import { canEstimate, type Query, ScoringError, type WarehouseAdapter } from '../contract/index.js';

/** A signal that fires with the caller's, or with LIMIT_REACHED as its reason when time is up. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/** @param seconds null where there is no limit */
export function startDeadline(seconds: number | null, outer: AbortSignal): Deadline {
  if (seconds === null) return { signal: outer, [Symbol.dispose]: () => undefined };
  const controller = new AbortController();
  const stop = () => controller.abort(toReached(seconds));
  // Longer than a timer can count, a limit is none.
  const timer = seconds * 1000 < 2 ** 31 ? setTimeout(stop, seconds * 1000) : undefined;
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function toReached(seconds: number): ScoringError {
  return new ScoringError(`stopped after ${seconds} seconds, as limits.duration says`, {
    code: 'LIMIT_REACHED',
    stage: 'score',
    retryable: true,
    details: { seconds },
    hint: 'Run again: what a frozen input has staged is not scored again. Otherwise raise limits.duration, or say source.snapshot: frozen.',
  });
}

/**
 * @param rows of the source, by the warehouse's own count
 * @throws LIMIT_EXCEEDED
 */
export function assertRows({ rows: most }: ResolvedLimits, rows: number): void {
  if (most === null || rows <= most) return;
  throw new ScoringError(`the source has ${rows} rows, more than limits.rows allows (${most})`, {
    code: 'LIMIT_EXCEEDED',
    stage: 'plan',
    details: { rows, limit: most },
    hint: 'See that the source query selects what it should; raise limits.rows if it does.',
  });
}

/**
 * Asks a warehouse that meters its reads what this one would cost; others bill nothing for it.
 *
 * @throws LIMIT_EXCEEDED
 */
export async function assertEstimate(
  adapter: WarehouseAdapter,
  { bytesBilled, cost: highest }: ResolvedLimits,
  query: Query,
  signal: AbortSignal,
): Promise<void> {
  if (!canEstimate(adapter) || (bytesBilled === null && highest === null)) return;
  const { bytes, cost } = await adapter.estimate(query, signal);
  if (bytesBilled !== null && bytes > bytesBilled) {
    throw toTooDear('bytes_billed', `${bytes} bytes`, bytesBilled);
  }
  if (highest !== null && cost !== null && cost > highest) throw toTooDear('cost', String(cost), highest);
}

function toTooDear(limit: string, estimate: string, most: number): ScoringError {
  return new ScoringError(
    `reading the source would take ${estimate}, more than limits.${limit} allows (${most})`,
    {
      code: 'LIMIT_EXCEEDED',
      stage: 'plan',
      details: { limit, estimate, most },
      hint: `Select fewer rows or columns, or raise limits.${limit}.`,
    },
  );
}
