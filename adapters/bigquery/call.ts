import { type Annotations, isScoringError, type Stage, toInterrupted } from '../../src/contract/index.js';

/** What a call of the adapter has in common: where it is, and what ends it. */
export interface CallOptions {
  readonly stage: Stage;
  readonly annotations?: Annotations | undefined;
  /** Fires when the caller gives up, or with an error of ours as its reason when the adapter is closed. */
  readonly signal: AbortSignal;
}

/** The error of a call that its signal has ended. */
export function toEnded({ signal, stage }: CallOptions): Error {
  return isScoringError(signal.reason) ? signal.reason : toInterrupted(stage);
}

/** Throws where the call's signal has fired. */
export function throwIfEnded(call: CallOptions): void {
  if (call.signal.aborted) throw toEnded(call);
}

/** The promise's value, or the error of a call whose signal fires; what the promise holds then is the caller's. */
export async function untilEnded<T>(promise: Promise<T>, call: CallOptions): Promise<T> {
  promise.catch(() => undefined);
  throwIfEnded(call);
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(toEnded(call));
    call.signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    call.signal.removeEventListener('abort', stop);
  }
}
