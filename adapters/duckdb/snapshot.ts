import { ScoringError, type Snapshot } from '../../src/contract/index.js';
import { type HeldConnection, interruptible } from './held-connection.js';
import { BEGIN_READING } from './transaction.js';

/** A transaction on a connection of its own: all reads through it see one moment. */
export class DuckdbSnapshot implements Snapshot {
  readonly id: string;
  readonly #held: HeldConnection;
  #reading = false;
  #last: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(id: string, held: HeldConnection) {
    this.id = id;
    this.#held = held;
  }

  /** Work on the transaction's connection; it waits for the work before, whose rows DuckDB would cut off. */
  async use<T>(work: (held: HeldConnection) => Promise<T>): Promise<T> {
    this.#assertFree();
    const result = this.#last.then(() => {
      this.#assertFree();
      return work(this.#held);
    });
    this.#last = result.catch(() => undefined);
    return await result;
  }

  /** The transaction's connection for a read, which has it alone until the end of its block. */
  async beginRead(): Promise<{ readonly held: HeldConnection } & Disposable> {
    return await this.use(async (held) => {
      this.#reading = true;
      return {
        held,
        [Symbol.dispose]: () => {
          this.#reading = false;
        },
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const { connection } = this.#held;
    if (!this.#held.closed) {
      await this.#held.stop();
      await connection.run('rollback').catch(() => undefined);
    }
    this.#held[Symbol.dispose]();
  }

  #assertFree(): void {
    if (!this.#reading && !this.#over) return;
    throw new ScoringError(
      this.#over ? 'the snapshot is over' : 'the snapshot is being read, and DuckDB would cut that read off',
      { code: 'INVARIANT', stage: 'extract' },
    );
  }
}

/** Begins the transaction and names it, which is what fixes its moment. */
export async function beginSnapshot(held: HeldConnection, signal: AbortSignal): Promise<DuckdbSnapshot> {
  const { connection } = held;
  const reader = await interruptible(held, signal, 'extract', 'snapshot', async () => {
    await connection.run(BEGIN_READING);
    return connection.runAndReadAll('select txid_current()');
  });
  return new DuckdbSnapshot(`transaction ${reader.getRows()[0]?.[0]}`, held);
}
