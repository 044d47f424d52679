import { ScoringError, toInterrupted } from '../../contract/index.js';
import type { FetchLimits } from './network.js';

/** Watches that a fetch goes on. Disposing stops the clocks. */
export interface TimeWatch extends Disposable {
  /** Fires with a ScoringError as its reason: when it takes too long, or the user's own signal fires. */
  readonly signal: AbortSignal;
  /** Something came. */
  readonly touch: () => void;
}

/** Starts the clocks of a fetch. */
export function watchTime(outer: AbortSignal, { idleMs, totalMs }: FetchLimits): TimeWatch {
  const controller = new AbortController();
  const stop = () => controller.abort(toInterrupted('model'));
  const waitIdle = () =>
    setTimeout(() => controller.abort(tooSlow(`nothing came for ${show(idleMs)}`)), idleMs);
  let idle = waitIdle();
  const total = setTimeout(() => controller.abort(tooSlow(`it took more than ${show(totalMs)}`)), totalMs);
  outer.addEventListener('abort', stop);
  if (outer.aborted) stop();
  return {
    signal: controller.signal,
    touch: () => {
      clearTimeout(idle);
      idle = waitIdle();
    },
    [Symbol.dispose]: () => {
      clearTimeout(idle);
      clearTimeout(total);
      outer.removeEventListener('abort', stop);
    },
  };
}

/** The promise, unless the signal fires first: for what takes no signal itself. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function show(ms: number): string {
  return `${ms / 1000} s`;
}

function tooSlow(what: string): ScoringError {
  return new ScoringError(`cannot be fetched: ${what}`, {
    code: 'TIMEOUT',
    stage: 'model',
    retryable: true,
    hint: 'Run again when the server is faster, or copy the file here and name its path.',
  });
}
