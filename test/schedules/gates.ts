import { ScoringError, type WarehouseAdapter } from '../../src/contract/index.js';

/** Where a worker stands still: before or after one call of the warehouse, and how it may go on. */
export interface Stand {
  /** Such as `before execute ledger/pointer_move`. */
  readonly point: string;
  /** True for calls that change something all or none, whose answer may be lost. */
  readonly commits: boolean;
  /** Goes on; `twice` has the call reach the warehouse a second time, as a network may. */
  release(times?: 'once' | 'twice'): void;
  /** The worker sees an error in place of the call's answer. */
  fail(error: Error): void;
}

const CALLS: ReadonlySet<string> = new Set([
  ...['describe', 'inspect', 'query', 'execute', 'load', 'snapshot', 'ranges', 'dependents'],
]);

type Call = (...args: unknown[]) => unknown;

/** A process's way to the warehouse: it stops before and after every call, and can be killed there. */
export class Gates {
  readonly #stands: Stand[] = [];
  /** Calls and scores under way: while there are some, nobody can say where the worker will stand next. */
  #busy = 0;
  #dead = false;
  /** Goes up with everything that happens, so that a standstill can be told. */
  #moves = 0;
  readonly #onMove: () => void;

  constructor(onMove: () => void) {
    this.#onMove = onMove;
  }

  get stands(): readonly Stand[] {
    return this.#stands;
  }

  get busy(): boolean {
    return this.#busy > 0;
  }

  get moves(): number {
    return this.#moves;
  }

  begin(): void {
    this.#busy++;
    this.#move();
  }

  end(): void {
    this.#busy--;
    this.#move();
  }

  /** No call reaches the warehouse any more; what was open there is rolled back, as after SIGKILL. */
  kill(): void {
    this.#dead = true;
    for (const stand of this.#stands.splice(0)) stand.fail(new Killed());
  }

  /** The adapter as the killable process has it. */
  watch<A extends WarehouseAdapter>(adapter: A): A {
    return new Proxy(adapter, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        const call = (value as Call).bind(target);
        if (property === 'read') return this.#watchRead(call);
        return typeof property === 'string' && CALLS.has(property) ? this.#watchCall(property, call) : call;
      },
    });
  }

  #watchCall(name: string, call: Call): Call {
    return async (...args) => {
      const point = `${name}${renderSubject(args[0])}`;
      const commits = name === 'load' || (name === 'execute' && (args[1] as { atomic: boolean }).atomic);
      const times = await this.#stand(`before ${point}`, commits);
      const given =
        name === 'load' ? [args[0], this.#watchParts(args[1] as AsyncIterable<unknown>), args[2]] : args;
      const result = await this.#work(() => call(...given));
      // What becomes of the second delivery nobody hears.
      if (times === 'twice') await this.#work(() => call(...given)).catch(() => undefined);
      await this.#stand(`after ${point}`, commits);
      return result;
    };
  }

  #watchRead(call: Call): Call {
    const stand = (point: string) => this.#stand(point, false);
    const next = (batches: AsyncIterator<unknown>) => this.#work(() => batches.next());
    return async function* (...args) {
      await stand('before read');
      const batches = (call(...args) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const batch = await next(batches);
          if (batch.done === true) break;
          yield batch.value;
          await stand('within read');
        }
      } finally {
        await batches.return?.();
      }
      await stand('after read');
    };
  }

  /** While a load waits for rows it is not at work. */
  async *#watchParts(parts: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    const iterator = parts[Symbol.asyncIterator]();
    try {
      for (;;) {
        this.end();
        const next = await iterator.next().finally(() => this.begin());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  async #work<T>(work: () => T): Promise<Awaited<T>> {
    if (this.#dead) throw new Killed();
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  #move(): void {
    this.#moves++;
    this.#onMove();
  }

  #stand(point: string, commits: boolean): Promise<'once' | 'twice'> {
    if (this.#dead) return Promise.reject(new Killed());
    this.#move();
    return new Promise((resolve, reject) => {
      const leave = (go: () => void) => {
        this.#move();
        const at = this.#stands.indexOf(stand);
        if (at >= 0) this.#stands.splice(at, 1);
        go();
      };
      const stand: Stand = {
        point,
        commits,
        release: (times = 'once') => leave(() => resolve(times)),
        fail: (error) => leave(() => reject(error)),
      };
      this.#stands.push(stand);
    });
  }
}

/** The end of a killed process, as its code would see it if it still could. */
class Killed extends Error {
  constructor() {
    super('the process was killed');
  }
}

/** The commit was sent and nobody knows what became of it. */
export function toUnknown(point: string): ScoringError {
  return new ScoringError(`${point}: the answer was lost`, { code: 'OUTCOME_UNKNOWN', stage: 'ledger' });
}

/** The warehouse did not take the call; another one may fare better where the failure is one that passes. */
export function toFault(point: string, passes: boolean): ScoringError {
  const code = passes ? 'CONNECTION' : 'WAREHOUSE';
  return new ScoringError(`${point}: a fault`, { code, stage: 'ledger', retryable: passes });
}

function renderSubject(subject: unknown): string {
  const first: unknown = Array.isArray(subject) ? subject[0] : subject;
  const name = typeof first === 'object' && first !== null && 'name' in first ? first.name : undefined;
  return typeof name === 'string' ? ` ${name.replace(/[0-9a-f]{12}$/, '<run>')}` : '';
}
