import type { ResolvedTarget } from '../../src/config/index.js';
import { exitCodeOf, isScoringError, type WarehouseAdapter } from '../../src/contract/index.js';
import type { StampedEvent } from '../../src/observe/events.js';
import { newFetcher } from '../../src/run/fetcher.js';
import { gcTarget } from '../../src/run/gc-target.js';
import { reconcileTarget } from '../../src/run/reconcile-target.js';
import { repairTarget } from '../../src/run/repair-target.js';
import { type RepointRequest, repointTarget } from '../../src/run/repoint-target.js';
import { runTarget } from '../../src/run/run-target.js';
import { newSession, type WarehouseSession } from '../../src/run/session.js';
import { NEVER } from '../support/duckdb.js';
import { Gates } from './gates.js';
import { InlineWorker } from './inline-worker.js';
import type { ScheduleProject } from './project.js';
import type { Warehouse } from './warehouse.js';

/** What a process does, from its start to its end. */
export type Task = (worker: Worker, session: WarehouseSession) => Promise<number>;

/** A change of the adapter that a process is made with: a seeded bug. */
export type Dress = (adapter: WarehouseAdapter) => WarehouseAdapter;

/** One process with one task, which goes on only as the schedule says. */
export class Worker {
  readonly gates: Gates;
  /** Such as `run 3`, the third process of its schedule. */
  readonly what: string;
  readonly events: StampedEvent[] = [];
  /** Keys handed to the model, in order. */
  readonly scored: string[] = [];
  readonly #stop = new AbortController();
  readonly #warehouse: Warehouse;
  readonly #adapter: WarehouseAdapter;
  /** What its epoch is, once it has one. */
  epoch: number | null = null;
  /** True once readers have what it made. */
  published = false;
  killed = false;
  /** Null while it lives; of a killed one too, since nobody hears its code. */
  exitCode: number | null = null;
  done = false;
  readonly ended: Promise<void>;

  private constructor(
    what: string,
    warehouse: Warehouse,
    adapter: WarehouseAdapter,
    project: ScheduleProject,
    dress: Dress,
    task: Task,
    onMove: () => void,
  ) {
    this.what = what;
    this.gates = new Gates(onMove);
    this.#warehouse = warehouse;
    this.#adapter = adapter;
    const watched = dress(this.gates.watch(adapter));
    const session = newSession(project.project, project.warehouse, watched, 1, newFetcher({}, NEVER));
    this.ended = this.#carryOut(task, session).finally(onMove);
  }

  /** @param onMove called whenever something happens to it */
  static async start(
    what: string,
    warehouse: Warehouse,
    project: ScheduleProject,
    dress: Dress,
    task: Task,
    onMove: () => void,
  ): Promise<Worker> {
    return new Worker(what, warehouse, await warehouse.open(), project, dress, task, onMove);
  }

  /** True for one that exits 0 only where it has published. */
  get isPublisher(): boolean {
    return !TIDYINGS.some((tidying) => this.what.startsWith(tidying));
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The run's id, once it has told. */
  get runId(): string | null {
    return this.events.at(-1)?.run_id ?? null;
  }

  /** SIGTERM. */
  interrupt(): void {
    this.#stop.abort();
  }

  /** SIGKILL. */
  kill(): void {
    this.killed = true;
    this.gates.kill();
  }

  async #carryOut(task: Task, session: WarehouseSession): Promise<void> {
    try {
      const code = await task(this, session);
      if (!this.killed) this.exitCode = code;
    } finally {
      this.done = true;
      await this.#warehouse.release(this.#adapter);
    }
  }
}

/** As in life, but without the waits. */
const AT_ONCE = { attempts: 3, baseMs: 0, capMs: 0, totalMs: 10_000 };
const RETRIES = {
  call: AT_ONCE,
  run: AT_ONCE,
  tools: { random: () => 0, now: () => 0, sleep: () => Promise.resolve() },
} as const;

export function toRunTask(target: ResolvedTarget, restart: boolean): Task {
  return async (worker, session) => {
    const watch = {
      begin: () => worker.gates.begin(),
      end: () => worker.gates.end(),
      scored: (keys: readonly string[]) => void worker.scored.push(...keys),
    };
    const { exit_code } = await runTarget(session, target, {
      signal: worker.signal,
      emit: (event) => {
        worker.events.push(event);
        // What it read ahead of its lease, from the source as it is now, is thrown away.
        if (event.event === 'resumed') worker.scored.length = 0;
      },
      program: 'test',
      restart,
      // Every chunk is a transaction.
      checkpointMs: 0,
      retries: RETRIES,
      starting: [new InlineWorker(watch)],
    });
    return exit_code;
  };
}

export function toRepointTask(target: ResolvedTarget, request: RepointRequest): Task {
  return (worker, session) => toCode(() => repointTarget(session, target, request, 'test', worker.signal));
}

/** Commands that may be given at any moment, and a second time change nothing. */
export const TIDYINGS = ['reconcile', 'repair', 'gc'] as const;

export function toTidyTask(what: (typeof TIDYINGS)[number], target: ResolvedTarget): Task {
  return (worker, session) => {
    const { signal } = worker;
    switch (what) {
      case 'reconcile':
        return toCode(() => reconcileTarget(session, target, 'test', signal));
      case 'repair':
        return toCode(() => repairTarget(session, target, 'test', signal));
      case 'gc':
        return toCode(() =>
          gcTarget(session, target, { dryRun: false, keepDays: 30, program: 'test', signal }),
        );
    }
  };
}

async function toCode(work: () => Promise<unknown>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    return isScoringError(error) ? exitCodeOf(error) : 1;
  }
}
