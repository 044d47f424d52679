import type { LoadPart, WarehouseAdapter } from '../../src/contract/index.js';
import type { HouseKind } from '../support/house.js';

/** Told of every moment at which a run may be killed. It does not return where it kills. */
export type Hook = (point: string) => void;

/** The adapter with moments inside its long calls: each chunk read, and each of a load until its ledger rows. */
export function addInnerPoints<A extends WarehouseAdapter>(adapter: A, hook: Hook): A {
  const read: WarehouseAdapter['read'] = async function* (...args) {
    for await (const batch of adapter.read(...args)) {
      hook('a chunk was read');
      yield batch;
    }
  };
  const load: WarehouseAdapter['load'] = (relation, parts, options) => {
    const at = (moment: string) => hook(`${moment} of load ${relation.name}`);
    const statements = () => {
      at('before ledger rows');
      return options.with?.() ?? [];
    };
    return adapter.load(relation, watchParts(parts, at), { ...options, with: statements });
  };
  return new Proxy(adapter, {
    get(target, property) {
      if (property === 'read') return read;
      if (property === 'load') return load;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function* watchParts(parts: AsyncIterable<LoadPart>, at: Hook): AsyncGenerator<LoadPart> {
  for await (const part of parts) {
    at('before a chunk');
    yield part;
  }
  at('after the last chunk');
}

type Send = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Has the driver of this process tell of every COMMIT: just before it is sent, and when it is on its way but not
 * answered, so that nobody knows what becomes of it.
 */
export async function watchCommits(kind: HouseKind, hook: Hook): Promise<void> {
  const driver: unknown =
    kind === 'duckdb'
      ? (await import('@duckdb/node-api')).DuckDBConnection.prototype
      : (await import('pg')).default.Client.prototype;
  const method = kind === 'duckdb' ? 'run' : 'query';
  const prototype = driver as Record<string, Send>;
  const send = prototype[method] as Send;
  prototype[method] = function (...args) {
    if (!isCommit(args[0])) return send.apply(this, args);
    hook('before its commit');
    const answer = send.apply(this, args);
    hook('its commit on its way');
    return answer;
  };
}

function isCommit(subject: unknown): boolean {
  const text = typeof subject === 'object' && subject !== null && 'text' in subject ? subject.text : subject;
  return typeof text === 'string' && /^commit\b/i.test(text);
}
