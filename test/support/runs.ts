import type { WarehouseAdapter } from '../../src/contract/index.js';
import type { RunFinished, StampedEvent } from '../../src/observe/events.js';
import type { RunOptions } from '../../src/run/run-options.js';
import { runTarget } from '../../src/run/run-target.js';
import type { Failpoint } from '../../src/run/watch-calls.js';
import type { WorkerHandle } from '../../src/score/worker-handle.js';
import { NEVER } from './duckdb.js';
import type { House } from './house.js';
import { openHouse } from './watched-run.js';

/** A run's end, and all that it told before. */
export interface Ran extends RunFinished {
  readonly run_id: string;
  readonly events: readonly StampedEvent[];
}

/** One connection to a house that runs its only target again and again, as a process of its own would. */
export interface Runner extends AsyncDisposable {
  readonly adapter: WarehouseAdapter;
  /**
   * Runs the target once; `failpoint` is asked before and after each call of the warehouse.
   *
   * @param starting score workers, of another program than a command's
   */
  run(
    failpoint?: Failpoint,
    signal?: AbortSignal,
    starting?: WorkerHandle[],
    options?: Pick<RunOptions, 'checkpointMs' | 'restart'>,
  ): Promise<Ran>;
}

/**
 * Opens a house for runs in this process, with hooks that a command does not take.
 *
 * @param meddle done in the middle of every load, when its rows are in and nothing is fenced or committed yet
 * @param dress makes another adapter of the house's own
 */
export async function openRunner(
  house: House,
  meddle?: () => void,
  dress: (adapter: WarehouseAdapter) => WarehouseAdapter = (adapter) => adapter,
): Promise<Runner> {
  const opened = await openHouse(house);
  const [target] = opened.targets;
  if (target === undefined) throw new Error('the project has no target');
  const dressed = dress(opened.session.adapter);
  const adapter = meddle === undefined ? dressed : meddled(dressed, meddle);
  const session = { ...opened.session, adapter, ledger: { ...opened.ledger, adapter } };
  return {
    adapter,
    async run(failpoint, signal = NEVER, starting = [], options = {}) {
      const events: StampedEvent[] = [];
      const finished = await runTarget(session, target, {
        signal,
        emit: (event) => events.push(event),
        program: 'test',
        starting,
        ...options,
        ...(failpoint === undefined ? {} : { failpoint }),
      });
      return { ...finished, run_id: events[0]?.run_id ?? '', events };
    },
    [Symbol.asyncDispose]: () => adapter.close(),
  };
}

function meddled(adapter: WarehouseAdapter, meddle: () => void): WarehouseAdapter {
  const load: WarehouseAdapter['load'] = (relation, parts, options) => {
    const statements = () => {
      meddle();
      return options.with?.() ?? [];
    };
    return adapter.load(relation, parts, { ...options, with: statements });
  };
  return new Proxy(adapter, {
    get(target, property) {
      if (property === 'load') return load;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * Has a run die at its n-th call of the warehouse, counted before and after each: from there on none arrives. Null
 * where it ended before. Each chunk is a transaction of its own.
 */
export async function dieAt(house: House, n: number): Promise<Ran | null> {
  await using runner = await openRunner(house);
  let calls = 0;
  const ran = await runner.run(
    () => {
      if (++calls >= n) throw new Error('dead');
    },
    undefined,
    [],
    { checkpointMs: 0 },
  );
  await runner[Symbol.asyncDispose]();
  if (calls < n) return null;
  // Its process lives on, so that nobody would take its lease for dead.
  const control = "select count(*) from information_schema.tables where table_name like 'control%'";
  const [[tables] = []] = await house.query(control);
  if (tables !== '0') await house.execute('update scorehouse.control_scores set holder = null');
  return ran;
}

/** What went wrong, in the words of the run. */
export function failureOf({ events }: Ran): string {
  return events
    .filter(({ event }) => event === 'run_failed' || event === 'warning')
    .map((event) => JSON.stringify(event))
    .join('\n');
}
