import { assertInvariant, buffersOf, type Vector } from '../contract/index.js';
import type { ScoringSpec } from '../plan/scoring-spec.js';
import type { Probe, ScoredColumns, SessionInfo } from './protocol.js';
import { WorkerHandle } from './worker-handle.js';

/** How long a worker may take to end by itself. */
const CLOSE_GRACE_MS = 2000;

/** Chunks that a worker holds at once: one in work, one waiting, so that it never idles. */
const CHUNKS_PER_WORKER = 2;

/** Scores chunks with an ONNX model, away from the thread that reads and writes. */
export interface Scorer extends AsyncDisposable {
  /** Most chunks worth handing over at once. */
  readonly depth: number;
  prepare(spec: ScoringSpec, workers: number): Promise<void>;
  /** `shared` columns are copied; the others' memory moves to the worker and is empty afterwards. */
  score(rows: number, columns: readonly Vector[], shared: ReadonlySet<number>): Promise<ScoredColumns>;
  close(): Promise<void>;
}

/** A pool of worker threads, each with one session of one thread. */
export class WorkerPool implements Scorer {
  readonly info: SessionInfo;
  readonly #model: Uint8Array;
  readonly #workers: WorkerHandle[];

  private constructor(model: Uint8Array, first: WorkerHandle, info: SessionInfo) {
    this.#model = model;
    this.#workers = [first];
    this.info = info;
  }

  /**
   * Opens the model in a first worker, which tells what the model is; `prepare` adds the others.
   *
   * @throws MODEL_INVALID when onnxruntime does not take it
   */
  static async open(model: Uint8Array, first = new WorkerHandle()): Promise<WorkerPool> {
    try {
      return new WorkerPool(model, first, await first.ask<SessionInfo>({ kind: 'open', model }));
    } catch (error) {
      await first.close(CLOSE_GRACE_MS);
      throw error;
    }
  }

  get depth(): number {
    return this.#workers.length * CHUNKS_PER_WORKER;
  }

  /** Speed and true output shapes; null where the model does not take made-up rows. */
  async probe(): Promise<Probe | null> {
    return this.#first.ask<Probe>({ kind: 'probe' }).catch(() => null);
  }

  async prepare(spec: ScoringSpec, workers: number): Promise<void> {
    while (this.#workers.length < workers) {
      const worker = new WorkerHandle();
      this.#workers.push(worker);
      // Not awaited one by one: the threads start side by side, and each answers in order.
      worker.ask({ kind: 'open', model: this.#model }).catch(() => undefined);
    }
    await Promise.all(this.#workers.map((worker) => worker.ask({ kind: 'prepare', spec })));
  }

  async score(rows: number, columns: readonly Vector[], shared: ReadonlySet<number>): Promise<ScoredColumns> {
    const worker = this.#workers.reduce((best, other) => (other.pending < best.pending ? other : best));
    const transfer = columns.flatMap((column, i) => (shared.has(i) ? [] : buffersOf(column)));
    return worker.ask<ScoredColumns>({ kind: 'score', rows, columns }, [...new Set(transfer)]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close(CLOSE_GRACE_MS)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #first(): WorkerHandle {
    const [first] = this.#workers;
    assertInvariant(first !== undefined, 'an empty worker pool', 'score');
    return first;
  }
}
