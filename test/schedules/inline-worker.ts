import type { Vector } from '../../src/contract/index.js';
import { takeRows } from '../../src/features/take-rows.js';
import { RowHasher } from '../../src/hash/row-hasher.js';
import type { WorkerModel } from '../../src/plan/model-facts.js';
import { toRejectColumns } from '../../src/score/cut-rejects.js';
import type { ChunkColumns, ScoredColumns } from '../../src/score/protocol.js';
import { scoreChunk } from '../../src/score/score-chunk.js';
import { Scoring } from '../../src/score/scoring.js';
import type { RequestBody, ScoreWorker } from '../../src/score/worker-handle.js';

/** Who wants to know what a worker is at: how many requests are under way, and which keys it scores. */
export interface ScoreWatch {
  begin(): void;
  end(): void;
  scored(keys: readonly string[]): void;
}

/** One session serves every run of the process: they are all of the same model. */
let shared: Promise<Scoring> | null = null;
/** One request at a time: a session's output memory is its own. */
let turn: Promise<unknown> = Promise.resolve();
const hasher = new RowHasher();

/** A score worker in this process: the engine and all that a worker does, without the process around it. */
export class InlineWorker implements ScoreWorker {
  readonly crashed = false;
  readonly memoryBytes = 0;
  readonly grownBytes = 0;
  readonly #watch: ScoreWatch;
  #pending = 0;
  #keepsRejects = false;

  constructor(watch: ScoreWatch) {
    this.#watch = watch;
  }

  get pending(): number {
    return this.#pending;
  }

  ask<T>(request: RequestBody): Promise<T> {
    return this.#inTurn(async () => (await this.#answer(request)) as T);
  }

  async score(rows: number, columns: ChunkColumns): Promise<ScoredColumns> {
    this.#pending++;
    try {
      return await this.#inTurn(() => this.#score(rows, columns));
    } finally {
      this.#pending--;
    }
  }

  again(): InlineWorker {
    return new InlineWorker(this.#watch);
  }

  async close(): Promise<void> {}

  async retire(): Promise<void> {}

  async #answer(request: RequestBody): Promise<unknown> {
    const scoring = await open(request.kind === 'open' ? request.models : []);
    switch (request.kind) {
      case 'open':
        return scoring.info();
      case 'probe':
        return scoring.probe();
      case 'prepare':
        scoring.prepare(request.spec, request.options.thresholds ?? []);
        this.#keepsRejects = request.options.keepsRejects ?? false;
        return null;
      default:
        throw new Error(`${request.kind} is nothing that these schedules ask for`);
    }
  }

  async #score(rows: number, { features, key, passthrough }: ChunkColumns): Promise<ScoredColumns> {
    const [keys] = key;
    if (keys !== undefined)
      this.#watch.scored(Array.from({ length: rows }, (_, row) => String(keys.values[row])));
    const given = { rows, features, crashing: [] };
    const { scores, kept, rejects, ...told } = await scoreChunk(await open([]), given, this.#keepsRejects);
    const cut = (vector: Vector) => (kept === null ? vector : takeRows(vector, kept));
    const carried = [...key, ...passthrough].map(cut);
    const hashes = hasher.hashSets(kept?.length ?? rows, carried.slice(0, key.length), [
      ...carried.slice(key.length),
      ...scores,
    ]);
    const counts = { rows: scores[0]?.length ?? 0, rejects: toRejectColumns(key, rejects), returned: [] };
    return { ...told, ...counts, carried, scores, hashes };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#watch.begin();
    const result = turn.then(work).finally(() => this.#watch.end());
    turn = result.catch(() => undefined);
    return result;
  }
}

function open(models: readonly WorkerModel[]): Promise<Scoring> {
  shared ??= Scoring.open(models);
  return shared;
}
