import { Worker } from 'node:worker_threads';
import { ScoringError } from '../contract/index.js';
import type { Request, Response } from './protocol.js';

type Waiter = { readonly resolve: (value: never) => void; readonly reject: (error: unknown) => void };
type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/**
 * How long a worker that was asked to end may take. Ending it by force in the middle of a native call aborts the whole
 * process, so that is left to one that hangs: after a block, a worker sees by itself that it is to end.
 */
const GRACE_MS = 60_000;

/** One worker thread and the requests that wait for its answers. */
export class WorkerHandle {
  readonly #worker: Worker;
  /** Not 0 once the worker is to end. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiters = new Map<number, Waiter>();
  #nextId = 0;
  #ended: ScoringError | null = null;
  readonly #exit: Promise<void>;

  constructor() {
    // No environment: a worker never sees the warehouse's secrets.
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { env: {}, workerData: this.#stop });
    this.#worker.on('message', (response: Response) => this.#settle(response));
    this.#worker.on('error', (cause) => this.#fail(`score worker failed: ${cause.message}`, cause));
    this.#exit = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#fail(`score worker ended with code ${code}`, undefined);
        resolve();
      });
    });
  }

  /** Requests that have no answer yet. */
  get pending(): number {
    return this.#waiters.size;
  }

  ask<T>(request: RequestBody, transfer: ArrayBuffer[] = []): Promise<T> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id }, transfer);
    });
  }

  /** Lets the thread end by itself, after the block that it is at. */
  async close(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    if (this.#ended === null) this.ask({ kind: 'close' }).catch(() => undefined);
    const timer = setTimeout(() => void this.#worker.terminate(), GRACE_MS);
    await this.#exit;
    clearTimeout(timer);
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
