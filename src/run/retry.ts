import {
  type FailedAttempt,
  type RetryPolicy,
  type RetryTools,
  retrying,
  type WarehouseAdapter,
} from '../contract/index.js';
import type { RunEvent } from '../observe/events.js';
import { nameCall } from './watch-calls.js';

/** What a run does about failures that pass. */
export interface RunRetries {
  /** For one call of the warehouse: a whole transaction, or a question. */
  readonly call: RetryPolicy;
  /**
   * For the run as a whole, where a call cannot be made again by itself: a load or a read whose rows are half gone
   * through, and a snapshot that is lost.
   */
  readonly run: RetryPolicy;
  readonly tools?: RetryTools;
}

/** A server that restarts is back within the first; nothing is scored a fourth time, nor after an hour. */
export const RETRIES: RunRetries = {
  call: { attempts: 10, baseMs: 200, capMs: 5000, totalMs: 60_000 },
  run: { attempts: 3, baseMs: 2000, capMs: 10_000, totalMs: 3_600_000 },
};

/**
 * The signal of a call that may be made again from its start, by its arguments; null where it may not. A read under a
 * snapshot needs the connection that holds it, a load's rows come once, and statements without a transaction may have
 * been executed before their answer was lost.
 */
const REPEATABLE: Readonly<Record<string, (args: readonly unknown[]) => AbortSignal | null>> = {
  describe: (args) => args[1] as AbortSignal,
  inspect: (args) => args[1] as AbortSignal,
  dependents: (args) => args[1] as AbortSignal,
  snapshot: (args) => args[0] as AbortSignal,
  execute: (args) => {
    const { atomic, signal } = args[1] as Parameters<WarehouseAdapter['execute']>[1];
    return atomic ? signal : null;
  },
  query: (args) => {
    const { snapshot, signal } = args[1] as Parameters<WarehouseAdapter['query']>[1];
    return snapshot === undefined ? signal : null;
  },
};

type Call = (...args: unknown[]) => Promise<unknown>;

/** The adapter as a run uses it: what failed for a reason that passes is done again, whole transactions only. */
export function retryCalls<A extends WarehouseAdapter>(
  adapter: A,
  { call: policy, tools }: RunRetries,
  tell: (event: RunEvent) => void,
): A {
  return new Proxy(adapter, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const call = (value as Call).bind(target);
      const signalOf = typeof property === 'string' ? REPEATABLE[property] : undefined;
      if (signalOf === undefined) return call;
      return (...args: unknown[]) => {
        const signal = signalOf(args);
        if (signal === null) return call(...args);
        const what = nameCall(String(property), args[0]);
        return retrying(() => call(...args), {
          policy,
          signal,
          onRetry: (failed) => tell(toRetryEvent(what, failed)),
          ...(tools === undefined ? {} : { tools }),
        });
      };
    },
  });
}

/** What a run tells of an attempt that failed. */
export function toRetryEvent(
  what: string,
  { attempt, waitMs, error: { code, message } }: FailedAttempt,
): Extract<RunEvent, { event: 'retry' }> {
  return { event: 'retry', what, attempt, wait_ms: waitMs, code, message };
}
