import type { Annotations, WarehouseAdapter } from '../contract/index.js';

/** A moment just before or after an adapter call, such as `before execute publish/merge`. */
export type Failpoint = (point: string) => void | Promise<void>;

/** Where each call takes its options, for those that carry annotations. */
const OPTIONS_AT: Readonly<Record<string, number>> = { read: 2, load: 2, execute: 1, query: 1 };

const CALLS: ReadonlySet<string> = new Set([
  ...Object.keys(OPTIONS_AT),
  'describe',
  'inspect',
  'snapshot',
  'ranges',
  'dependents',
]);

type Call = (...args: unknown[]) => unknown;

/**
 * The adapter as one run uses it: every call carries the run's annotations, and a test's hook is asked before and
 * after each, so that it can fail, stop or kill the process there.
 */
export function watchCalls<A extends WarehouseAdapter>(
  adapter: A,
  annotations: Annotations,
  failpoint: Failpoint | undefined,
): A {
  return new Proxy(adapter, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const call = (value as Call).bind(target);
      if (typeof property !== 'string' || !CALLS.has(property)) return call;
      const annotated: Call = (...args) => call(...annotate(property, args, annotations));
      if (failpoint === undefined) return annotated;
      return property === 'read'
        ? watchStream(annotated, failpoint)
        : watchCall(property, annotated, failpoint);
    },
  });
}

function annotate(name: string, args: readonly unknown[], annotations: Annotations): readonly unknown[] {
  const at = OPTIONS_AT[name];
  return at === undefined
    ? args
    : args.map((arg, i) => (i === at ? { annotations, ...(arg as object) } : arg));
}

function watchCall(name: string, call: Call, failpoint: Failpoint): Call {
  return async (...args) => {
    const point = nameCall(name, args[0]);
    await failpoint(`before ${point}`);
    const result = await call(...args);
    await failpoint(`after ${point}`);
    return result;
  };
}

function watchStream(call: Call, failpoint: Failpoint): Call {
  return async function* (...args) {
    await failpoint('before read');
    yield* call(...args) as AsyncIterable<unknown>;
    await failpoint('after read');
  };
}

/** A call by its method and the statement, or the first of several, that it is about: `execute publish/merge`. */
export function nameCall(method: string, subject: unknown): string {
  const first: unknown = Array.isArray(subject) ? subject[0] : subject;
  const name = typeof first === 'object' && first !== null && 'name' in first ? first.name : undefined;
  return typeof name === 'string' ? `${method} ${name}` : method;
}
