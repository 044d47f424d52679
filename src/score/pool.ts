import { assertInvariant, isScoringError, ScoringError } from '../contract/index.js';
import type { WorkerModel } from '../plan/model-facts.js';
import type { ScoringSpec } from '../plan/scoring-spec.js';
import { CrashTrials } from './crash-trials.js';
import type {
  ChunkColumns,
  Probes,
  ScoredColumns,
  ScoringOptions,
  TokenizerInfo,
  TokenizerSource,
  TokenizersInfo,
  WorkerInfo,
} from './protocol.js';
import { CHUNKS_PER_WORKER, type ScoreWorker, WorkerHandle } from './worker-handle.js';

/** Scores chunks with ONNX models, away from the thread that reads and writes. */
export interface Scorer extends AsyncDisposable {
  /** Most chunks worth handing over at once. */
  readonly depth: number;
  prepare(spec: ScoringSpec, options?: ScoringOptions): Promise<void>;
  /** The columns' memory must stay as it is until the scores are there. */
  score(rows: number, columns: ChunkColumns): Promise<ScoredColumns>;
  close(): Promise<void>;
}

/** What became of a pool's workers. */
export interface WorkerReport {
  readonly workers: number;
  readonly crashed: number;
  /** Workers replaced because their memory had grown. */
  readonly recycled: number;
  /** Most resident memory of one of them, in bytes. */
  readonly peakBytes: number;
}

export interface PoolOptions {
  readonly size: number;
  /** Processes that have started already; more are made, or some closed, to have `size` of them. */
  readonly starting?: readonly ScoreWorker[];
  /** How far a worker's memory may grow beyond what its first chunk took, in bytes. */
  readonly maxGrowthBytes: number;
  /** Ends the workers at once, whatever they are at. */
  readonly signal: AbortSignal;
}

/** A pool of worker processes, each with one session of one thread for every model. */
export class WorkerPool implements Scorer {
  readonly info: WorkerInfo;
  readonly #models: readonly WorkerModel[];
  readonly #workers: ScoreWorker[];
  readonly #opening: readonly Promise<WorkerInfo>[];
  readonly #options: PoolOptions;
  readonly #trials: CrashTrials;
  readonly #stop = () => void this.close();
  #tokenizers: readonly (TokenizerSource | null)[] = [];
  #openingTokenizers: readonly Promise<TokenizersInfo>[] = [];
  #task: { readonly spec: ScoringSpec; readonly options: ScoringOptions } | null = null;
  #retiring: Promise<void>[] = [];
  #crashed = 0;
  #recycled = 0;
  #peakBytes = 0;

  private constructor(
    workers: ScoreWorker[],
    models: readonly WorkerModel[],
    opening: readonly Promise<WorkerInfo>[],
    info: WorkerInfo,
    options: PoolOptions,
  ) {
    this.#workers = workers;
    this.#models = models;
    this.#opening = opening;
    this.info = info;
    this.#options = options;
    this.#trials = new CrashTrials(() => this.#startLike(this.#first));
    options.signal.addEventListener('abort', this.#stop);
  }

  /**
   * Opens the models in every worker; the first tells what they are.
   *
   * @param models read while the processes start
   * @throws MODEL_INVALID when onnxruntime does not take one, whose place is `details.model`
   */
  static async open(models: Promise<readonly WorkerModel[]>, options: PoolOptions): Promise<WorkerPool> {
    const { size, starting = [] } = options;
    for (const surplus of starting.slice(size)) void surplus.close();
    const workers = Array.from({ length: size }, (_, i) => starting[i] ?? new WorkerHandle());
    try {
      const sources = await models;
      const infos = workers.map((worker) => openIn(worker, sources));
      // Only the first answer is awaited here, the others' before the first chunk.
      for (const info of infos) info.catch(() => undefined);
      return new WorkerPool(workers, sources, infos, (await infos[0]) as WorkerInfo, options);
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.close()));
      throw error;
    }
  }

  get depth(): number {
    return this.#workers.length * CHUNKS_PER_WORKER;
  }

  get report(): WorkerReport {
    const workers = this.#workers.length;
    return { workers, crashed: this.#crashed, recycled: this.#recycled, peakBytes: this.#peakBytes };
  }

  /**
   * Opens the tokenizers of text models in every worker; the first tells what they are.
   *
   * @param tokenizers in the order of the models, null for one that takes no text
   * @throws MODEL_INVALID when one cannot be read, whose model's place is `details.tokenizer`
   */
  async openTokenizers(
    tokenizers: readonly (TokenizerSource | null)[],
  ): Promise<readonly (TokenizerInfo | null)[]> {
    if (tokenizers.every((tokenizer) => tokenizer === null)) return tokenizers.map(() => null);
    this.#tokenizers = tokenizers;
    this.#openingTokenizers = this.#workers.map((worker) =>
      worker.ask<TokenizersInfo>({ kind: 'tokenizers', tokenizers }),
    );
    // As with the models, the others' answers are awaited before the first chunk.
    for (const answer of this.#openingTokenizers) answer.catch(() => undefined);
    return ((await this.#openingTokenizers[0]) as TokenizersInfo).tokenizers;
  }

  /** Speed and true output shapes of each model. */
  async probe(): Promise<Probes> {
    const worker = this.#first;
    return worker.ask<Probes>({ kind: 'probe' }).catch((error: unknown) => {
      if (!worker.crashed) throw error;
      // Made-up rows are nobody's: whether the model takes real ones is for them to show.
      this.#replaceCrashed(worker);
      return { models: this.info.models.map(() => null) };
    });
  }

  async prepare(spec: ScoringSpec, options: ScoringOptions = {}): Promise<void> {
    this.#task = { spec, options };
    await Promise.all([...this.#opening, ...this.#openingTokenizers]);
    await Promise.all(this.#workers.map((worker) => worker.ask({ kind: 'prepare', spec, options })));
  }

  async score(rows: number, columns: ChunkColumns): Promise<ScoredColumns> {
    const worker = this.#workers.reduce((best, other) => (other.pending < best.pending ? other : best));
    try {
      const scored = await worker.score(rows, columns);
      this.#watchMemory(worker);
      return scored;
    } catch (error) {
      if (!worker.crashed) throw error;
      this.#replaceCrashed(worker);
      const { scored } = await this.#trials.score(rows, columns);
      return scored;
    }
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop);
    await Promise.all([...this.#workers.map((worker) => worker.close()), ...this.#retiring]);
    await this.#trials[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #first(): ScoreWorker {
    const [first] = this.#workers;
    assertInvariant(first !== undefined, 'an empty worker pool', 'score');
    return first;
  }

  /** A fresh process that is told what the others know; a worker answers in order, so nothing is awaited. */
  #startLike(worker: ScoreWorker): ScoreWorker {
    const fresh = worker.again();
    openIn(fresh, this.#models).catch(() => undefined);
    if (this.#tokenizers.length > 0) {
      fresh.ask({ kind: 'tokenizers', tokenizers: this.#tokenizers }).catch(() => undefined);
    }
    if (this.#task !== null) fresh.ask({ kind: 'prepare', ...this.#task }).catch(() => undefined);
    return fresh;
  }

  /** Both chunks of a worker tell of its crash; the first puts another in its place. */
  #replaceCrashed(worker: ScoreWorker): void {
    if (this.#replace(worker)) this.#crashed++;
  }

  #replace(worker: ScoreWorker): boolean {
    const place = this.#workers.indexOf(worker);
    if (place >= 0) this.#workers[place] = this.#startLike(worker);
    return place >= 0;
  }

  /** The engine's arena keeps what a large chunk once took, and sessions have leaked: a fresh process has neither. */
  #watchMemory(worker: ScoreWorker): void {
    this.#peakBytes = Math.max(this.#peakBytes, worker.memoryBytes);
    if (worker.grownBytes <= this.#options.maxGrowthBytes || !this.#replace(worker)) return;
    this.#recycled++;
    this.#retiring.push(worker.retire());
  }
}

async function openIn(worker: ScoreWorker, models: readonly WorkerModel[]): Promise<WorkerInfo> {
  try {
    return await worker.ask<WorkerInfo>({ kind: 'open', models });
  } catch (error) {
    if (!worker.crashed || !isScoringError(error)) throw error;
    const message = `the engine does not survive opening it (${error.message})`;
    throw new ScoringError(message, { code: 'MODEL_INVALID', stage: 'model', cause: error });
  }
}
