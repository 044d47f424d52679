import { ScoringError } from '../contract/index.js';
import type { ChunkColumns, ScoredColumns } from './protocol.js';
import { sliceColumns } from './slice.js';
import type { ScoreWorker } from './worker-handle.js';

/** With more such rows in one chunk it is the model that crashes, not a row. */
const MAX_CRASHING_ROWS = 10;

/** A chunk that has been tried again. */
export interface Trial {
  /** Rows that bring the engine down, ascending. */
  readonly crashing: readonly number[];
  readonly scored: ScoredColumns;
}

/**
 * Tries chunks again that a worker has crashed on, one at a time in a process of their own, and finds the rows that
 * bring the engine down: the chunk is halved until single rows are left.
 */
export class CrashTrials implements AsyncDisposable {
  readonly #start: () => ScoreWorker;
  #worker: ScoreWorker | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param start makes a worker that knows its models and what to do with them */
  constructor(start: () => ScoreWorker) {
    this.#start = start;
  }

  /** @throws SCORING where no single row, or too many of them, are at fault */
  score(rows: number, columns: ChunkColumns): Promise<Trial> {
    const result = this.#turn.then(() => this.#try(rows, columns));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.close();
  }

  async #try(rows: number, columns: ChunkColumns): Promise<Trial> {
    // Once more as it is: memory may have been short, or somebody killed the process.
    const again = await this.#survive(rows, columns);
    if (again !== null) return { crashing: [], scored: again };
    const crashing = await this.#find(columns, 0, rows, []);
    const scored = crashing.length === 0 ? null : await this.#survive(rows, columns, crashing);
    if (scored === null) throw crashes('the engine crashes on a chunk, but on no row of it alone');
    return { crashing, scored };
  }

  async #find(columns: ChunkColumns, from: number, to: number, found: number[]): Promise<readonly number[]> {
    if ((await this.#survive(to - from, sliceColumns(columns, from, to))) !== null) return found;
    if (to - from === 1) {
      found.push(from);
      if (found.length > MAX_CRASHING_ROWS) throw crashes('the engine crashes on many rows of a chunk');
      return found;
    }
    const middle = Math.floor((from + to) / 2);
    await this.#find(columns, from, middle, found);
    return this.#find(columns, middle, to, found);
  }

  /** The scores, or null where the worker did not live to tell them. */
  async #survive(
    rows: number,
    columns: ChunkColumns,
    refused: readonly number[] = [],
  ): Promise<ScoredColumns | null> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    try {
      return await worker.score(rows, columns, refused);
    } catch (error) {
      if (!worker.crashed) throw error;
      this.#worker = null;
      return null;
    }
  }
}

function crashes(message: string): ScoringError {
  return new ScoringError(message, {
    code: 'SCORING',
    stage: 'score',
    hint: 'Score the rows with another onnxruntime to see whether the model is at fault: scorehouse model lint says what is unusual in it.',
  });
}
