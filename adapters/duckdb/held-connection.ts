import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { isScoringError, ScoringError, type Stage } from '../../src/contract/index.js';
import { collectAll } from './collect.js';
import { connect } from './connection.js';
import { toWarehouseError } from './errors.js';

/** DuckDB forgets an interrupt that comes before the query has begun. */
const INTERRUPT_EVERY_MS = 20;

/** A stream of rows that holds the database open until it has ended or is let go. */
export interface OpenStream {
  letGo(): void;
}

/** A connection that is given back at the end of its block. */
export class HeldConnection implements Disposable {
  readonly connection: DuckDBConnection;
  readonly #owner: Set<HeldConnection>;
  readonly #going = new Set<Promise<unknown>>();
  #stream: OpenStream | null = null;
  #closed = false;

  constructor(connection: DuckDBConnection, owner: Set<HeldConnection>) {
    this.connection = connection;
    this.#owner = owner;
    owner.add(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Does native work, which must not be under way when the connection is closed. */
  async run<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw toClosedError(stage);
    const going = work();
    this.#going.add(going);
    try {
      return await going;
    } finally {
      this.#going.delete(going);
    }
  }

  /** Takes charge of the stream that the connection now has; it had at most one before. */
  keep(stream: OpenStream): void {
    this.#stream?.letGo();
    this.#stream = stream;
  }

  /** Stops what is going on, and waits until it has. */
  async stop(): Promise<void> {
    const again = setInterval(() => this.connection.interrupt(), INTERRUPT_EVERY_MS);
    this.connection.interrupt();
    await Promise.allSettled(this.#going);
    clearInterval(again);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream?.letGo();
    this.#owner.delete(this);
    this.connection.closeSync();
  }
}

/** The connections of one instance: none outlives it. */
export class Connections {
  readonly #instance: DuckDBInstance;
  readonly #open = new Set<HeldConnection>();
  #closed = false;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  async hold(stage: Stage): Promise<HeldConnection> {
    if (this.#closed) throw toClosedError(stage);
    return new HeldConnection(await connect(this.#instance), this.#open);
  }

  /**
   * Ends every connection and then the instance. A result that has not been read to its end keeps the file open and
   * locked until the collector finds it; opened again before that, two instances would write one file.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const held of [...this.#open]) {
      await held.stop();
      held[Symbol.dispose]();
    }
    await collectAll();
    this.#instance.closeSync();
  }
}

/** Runs work that the signal interrupts inside DuckDB, and words its errors. */
export async function interruptible<T>(
  held: HeldConnection,
  signal: AbortSignal,
  stage: Stage,
  statement: string,
  work: () => Promise<T>,
): Promise<T> {
  let again: NodeJS.Timeout | undefined;
  const interrupt = () => {
    held.connection.interrupt();
    again = setInterval(() => held.connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    return await wording(signal, stage, statement, () => held.run(stage, work));
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(again);
  }
}

/** Does work whose errors are worded; an abort is an interrupt whoever noticed it first. */
export async function wording<T>(
  signal: AbortSignal,
  stage: Stage,
  statement: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (isScoringError(error)) throw error;
    throw toWarehouseError(signal.aborted ? new Error('INTERRUPT Error: aborted') : error, stage, statement);
  }
}

function toClosedError(stage: Stage): ScoringError {
  return new ScoringError('the connection to DuckDB has been closed', { code: 'CONNECTION', stage });
}
