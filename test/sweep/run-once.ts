import type { WarehouseAdapter } from '../../src/contract/index.js';
import type { RunFinished, StampedEvent } from '../../src/observe/events.js';
import { runTarget } from '../../src/run/run-target.js';
import type { Failpoint } from '../../src/run/watch-calls.js';
import { WorkerHandle } from '../../src/score/worker-handle.js';
import { NEVER } from '../support/duckdb.js';
import { openHouse } from '../support/watched-run.js';

export interface Once {
  readonly finished: RunFinished;
  readonly events: readonly StampedEvent[];
  /** The error's text, empty where there was none. */
  readonly failure: string;
  /** Rows that the score worker was given. */
  readonly scored: number;
}

interface OnceOptions {
  readonly failpoint?: Failpoint;
  readonly wrap?: (adapter: WarehouseAdapter) => WarehouseAdapter;
}

/** Runs a project's only target on a connection of its own, as `run` would. */
export async function runOnce(
  dir: string,
  worker: CountingWorker,
  { failpoint, wrap }: OnceOptions = {},
): Promise<Once> {
  const opened = await openHouse({ dir });
  await using adapter = opened.session.adapter;
  const wrapped = wrap?.(adapter) ?? adapter;
  const session = { ...opened.session, adapter: wrapped, ledger: { ...opened.ledger, adapter: wrapped } };
  const [target] = opened.targets;
  if (target === undefined) throw new Error('the project has no target');
  const events: StampedEvent[] = [];
  const before = worker.scored;
  const finished = await runTarget(session, target, {
    signal: NEVER,
    emit: (event) => events.push(event),
    program: 'test',
    starting: [worker],
    // Each chunk is a transaction, where a run can be resumed behind it.
    checkpointMs: 0,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  const failed = events.find(({ event }) => event === 'run_failed');
  const failure = failed === undefined ? '' : JSON.stringify(failed);
  return { finished, events, failure, scored: worker.scored - before };
}

/** A score worker that counts the rows it is given, and serves one run after another: to start one is most of a run. */
export class CountingWorker extends WorkerHandle implements AsyncDisposable {
  scored = 0;

  override score(...args: Parameters<WorkerHandle['score']>): ReturnType<WorkerHandle['score']> {
    this.scored += args[0];
    return super.score(...args);
  }

  /** A run that ends closes its workers; this one stays until it is disposed. */
  override async close(): Promise<void> {
    await undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await super.close();
  }
}
