import { loadContext, openSession } from '../../src/cli/context.js';
import type { CommandEnv } from '../../src/cli/options.js';
import { Redactor } from '../../src/contract/index.js';
import type { RunEvent, RunFinished } from '../../src/observe/events.js';
import { runTarget } from '../../src/run/run-target.js';
import { execute, NEVER } from './duckdb.js';
import type { House } from './house.js';
import { parseEvents } from './project.js';

export type GateEvent = Extract<RunEvent, { event: 'gate' }>['checks'];

/** The checks of the last gate that `run --json` told of. */
export function gateOf(stdout: string): GateEvent {
  return findGate(parseEvents(stdout)) ?? [];
}

/** What a hook may do beside the run. */
export interface Meddler {
  /** True once the run has told that its rows are staged. */
  readonly staged: boolean;
  /** Runs a statement as somebody else would, on a connection of its own. */
  execute(sql: string): Promise<void>;
}

export interface WatchedRun {
  readonly finished: RunFinished;
  readonly gate: GateEvent | null;
  /** The error's text, empty where there was none. */
  readonly failure: string;
}

/** Opens the project's warehouse as a command would; the caller closes its adapter. */
export async function openHouse({ dir }: Pick<House, 'dir'>) {
  const quiet = { write: () => undefined };
  const env: CommandEnv = {
    stdout: quiet,
    stderr: quiet,
    env: {},
    cwd: dir,
    signal: NEVER,
    redactor: new Redactor(),
  };
  const loaded = await loadContext({}, env);
  const session = await openSession(loaded, {}, env, { write: true, lockWaitMs: 0 });
  return { session, ledger: session.ledger, targets: loaded.targets };
}

/** Runs the project's only target, with a hook before and after each call of the warehouse. */
export async function runWatched(
  house: House,
  hook: (point: string, meddler: Meddler) => void | Promise<void>,
): Promise<WatchedRun> {
  const { session, targets } = await openHouse(house);
  await using adapter = session.adapter;
  const events: RunEvent[] = [];
  const [target] = targets;
  if (target === undefined) throw new Error('the project has no target');
  const finished = await runTarget(session, target, {
    signal: NEVER,
    program: 'test',
    emit: (event) => void events.push(event),
    failpoint: (point) =>
      hook(point, {
        staged: events.some(({ event }) => event === 'staged'),
        execute: (sql) => execute(adapter, sql),
      }),
  });
  const failed = events.find((event) => event.event === 'run_failed');
  return { finished, gate: findGate(events), failure: failed?.message ?? '' };
}

function findGate(events: readonly RunEvent[]): GateEvent | null {
  return events.findLast((event) => event.event === 'gate')?.checks ?? null;
}
