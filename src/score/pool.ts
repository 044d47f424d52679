import { assertInvariant } from '../contract/index.js';
import type { ScoringSpec } from '../plan/scoring-spec.js';
import type { ChunkColumns, Probes, ScoredColumns, WorkerInfo } from './protocol.js';
import { CHUNKS_PER_WORKER, WorkerHandle } from './worker-handle.js';

/** Scores chunks with ONNX models, away from the thread that reads and writes. */
export interface Scorer extends AsyncDisposable {
  /** Most chunks worth handing over at once. */
  readonly depth: number;
  prepare(spec: ScoringSpec): Promise<void>;
  /** The columns' memory must stay as it is until the scores are there. */
  score(rows: number, columns: ChunkColumns): Promise<ScoredColumns>;
  close(): Promise<void>;
}

/** A pool of worker processes, each with one session of one thread for every model. */
export class WorkerPool implements Scorer {
  readonly info: WorkerInfo;
  readonly #workers: WorkerHandle[];
  readonly #opening: readonly Promise<WorkerInfo>[];

  private constructor(workers: WorkerHandle[], opening: readonly Promise<WorkerInfo>[], info: WorkerInfo) {
    this.#workers = workers;
    this.#opening = opening;
    this.info = info;
  }

  /**
   * Opens the models in every worker; the first tells what they are.
   *
   * @param models read while the processes start
   * @param starting processes that have started already; more are made, or some closed, to have `size` of them
   * @throws MODEL_INVALID when onnxruntime does not take one, whose place is `details.model`
   */
  static async open(
    models: Promise<readonly Uint8Array[]>,
    size: number,
    starting: readonly WorkerHandle[] = [],
  ): Promise<WorkerPool> {
    for (const surplus of starting.slice(size)) void surplus.close();
    const workers = Array.from({ length: size }, (_, i) => starting[i] ?? new WorkerHandle());
    try {
      const bytes = await models;
      const infos = workers.map((worker) => worker.ask<WorkerInfo>({ kind: 'open', models: bytes }));
      // Only the first answer is awaited here, the others' before the first chunk.
      for (const info of infos) info.catch(() => undefined);
      return new WorkerPool(workers, infos, (await infos[0]) as WorkerInfo);
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.close()));
      throw error;
    }
  }

  get depth(): number {
    return this.#workers.length * CHUNKS_PER_WORKER;
  }

  /** Speed and true output shapes of each model. */
  async probe(): Promise<Probes> {
    return this.#first.ask<Probes>({ kind: 'probe' });
  }

  async prepare(spec: ScoringSpec): Promise<void> {
    await Promise.all(this.#opening);
    await Promise.all(this.#workers.map((worker) => worker.ask({ kind: 'prepare', spec })));
  }

  async score(rows: number, columns: ChunkColumns): Promise<ScoredColumns> {
    const worker = this.#workers.reduce((best, other) => (other.pending < best.pending ? other : best));
    return worker.score(rows, columns);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
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
