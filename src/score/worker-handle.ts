import { type ChildProcess, fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import { buffersOf, ScoringError, type Vector } from '../contract/index.js';
import { openChunkFile, readVectors, writeVectors } from './chunk-file.js';
import { toRejectColumns, withoutRejects } from './cut-rejects.js';
import type { ChunkColumns, Request, Response, ScoreAnswer, ScoredColumns } from './protocol.js';
import { Slots } from './slots.js';

type Waiter = { readonly resolve: (value: never) => void; readonly reject: (error: unknown) => void };
export type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/** Chunks that a worker holds at once: one in work, one waiting, so that it never idles. */
export const CHUNKS_PER_WORKER = 2;

/** What of the environment an engine may need to find its libraries. Never the warehouse's secrets. */
const PASSED = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot'];

/** Scores chunks for a pool, one after another, away from whoever asks. */
export interface ScoreWorker {
  /** Chunks that wait for their scores. */
  readonly pending: number;
  /** Resident memory after its last chunk, in bytes. */
  readonly memoryBytes: number;
  /** What that has come to since its first chunk. */
  readonly grownBytes: number;
  /** True once it has ended by itself. */
  readonly crashed: boolean;
  ask<T>(request: RequestBody): Promise<T>;
  /**
   * Scores a chunk. The columns stay the caller's.
   *
   * @param crashing rows that crash the engine, ascending: they are rejected
   */
  score(rows: number, columns: ChunkColumns, crashing?: readonly number[]): Promise<ScoredColumns>;
  /** Starts another of the same program. */
  again(): ScoreWorker;
  /** Ends it at once, whatever it is at: it holds nothing that could be lost. */
  close(): Promise<void>;
  /** Ends it when the chunks that it holds are scored. */
  retire(): Promise<void>;
}

/**
 * One worker process, and the requests that wait for its answers. A process and not a thread: a model that brings
 * the engine down takes its worker with it and nothing else, no model sees a secret, and one that hangs can be ended.
 */
export class WorkerHandle implements ScoreWorker {
  readonly #program: URL;
  readonly #child: ChildProcess;
  readonly #file: number;
  readonly #waiters = new Map<number, Waiter>();
  readonly #slots = new Slots(CHUNKS_PER_WORKER);
  readonly #exit: Promise<void>;
  readonly #underWay = new Set<Promise<ScoredColumns>>();
  #nextId = 0;
  #ended: ScoringError | null = null;
  #closing = false;
  #firstBytes = 0;
  #memoryBytes = 0;

  /** @param program what the process runs; tests pass one that crashes */
  constructor(program = new URL('./worker.js', import.meta.url)) {
    this.#program = program;
    this.#file = openChunkFile();
    this.#child = fork(program, {
      env: Object.fromEntries(PASSED.map((name) => [name, process.env[name]])),
      execArgv: [],
      serialization: 'advanced',
      // The engine's own words would go past redaction, and may hold values of rows.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', this.#file],
    });
    this.#child.on('message', (response: Response) => this.#settle(response));
    this.#child.on('error', (cause) => this.#fail(`score worker failed: ${cause.message}`, cause));
    this.#exit = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#fail(`the engine ended with ${signal ?? `code ${code}`}`, undefined);
        closeSync(this.#file);
        resolve();
      });
    });
  }

  get pending(): number {
    return this.#underWay.size;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  get grownBytes(): number {
    return this.#memoryBytes - this.#firstBytes;
  }

  get crashed(): boolean {
    return this.#ended !== null && !this.#closing;
  }

  ask<T>(request: RequestBody): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#child.send({ ...request, id }, (error) => {
        if (error !== null) this.#fail(`a score worker went away: ${error.message}`, error);
      });
    });
  }

  async score(rows: number, columns: ChunkColumns, crashing: readonly number[] = []): Promise<ScoredColumns> {
    const work = this.#scoreInSlot(rows, columns, crashing);
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async #scoreInSlot(
    rows: number,
    columns: ChunkColumns,
    crashing: readonly number[],
  ): Promise<ScoredColumns> {
    const slot = await this.#slots.take();
    try {
      if (this.#ended !== null) throw this.#ended;
      const vectors = [...new Set(Object.values(columns).flat())];
      const place = (list: readonly Vector[]) => list.map((vector) => vectors.indexOf(vector));
      const { packed, isCut, rejects, memoryBytes, ...told } = await this.ask<ScoreAnswer>({
        kind: 'score',
        rows,
        slot,
        packed: writeVectors(this.#file, slot, vectors),
        features: place(columns.features),
        key: place(columns.key),
        passthrough: place(columns.passthrough),
        crashing,
      });
      this.#memoryBytes = memoryBytes;
      this.#firstBytes ||= memoryBytes;
      const scores = readVectors(this.#file, slot, packed, new ArrayBuffer(packed.bytes));
      const beside = [...columns.key, ...columns.passthrough];
      const carried = isCut ? withoutRejects(beside, rows, rejects) : beside;
      const kept = new Set(carried.flatMap(buffersOf));
      const returned = vectors.flatMap(buffersOf).filter((buffer) => !kept.has(buffer));
      return {
        ...told,
        rows: scores[0]?.length ?? 0,
        carried,
        scores,
        rejects: toRejectColumns(columns.key, rejects),
        returned: [...new Set(returned)],
      };
    } finally {
      this.#slots.give(slot);
    }
  }

  again(): WorkerHandle {
    return new WorkerHandle(this.#program);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  async retire(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.close();
  }

  #settle(response: Response): void {
    const waiter = this.#waiters.get(response.id);
    this.#waiters.delete(response.id);
    if (response.ok) waiter?.resolve(response.value as never);
    else waiter?.reject(new ScoringError(response.failure.message, response.failure));
  }

  #fail(message: string, cause: unknown): void {
    this.#ended ??= new ScoringError(message, { code: 'SCORING', stage: 'score', retryable: true, cause });
    for (const { reject } of this.#waiters.values()) reject(this.#ended);
    this.#waiters.clear();
  }
}
