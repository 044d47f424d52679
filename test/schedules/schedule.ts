import fc from 'fast-check';
import { settings, steps } from './arbitrary.js';
import { isPossible, play, runAtLast } from './play.js';
import { ScheduleProject } from './project.js';
import { renderStep, type Setting, type Step } from './steps.js';
import { openDuckdb, type Warehouse } from './warehouse.js';
import type { Dress } from './worker.js';
import { type Tally, World } from './world.js';

/** A schedule as data: it can be kept and played again, whatever becomes of what makes schedules up. */
export interface Schedule {
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

export type WarehouseKind = 'duckdb' | 'postgres';

/** The shortest schedule found that breaks a promise. */
export interface Failure {
  readonly seed: number;
  /** Schedules played before the first that failed. */
  readonly after: number;
  readonly schedule: Schedule;
  readonly error: Error;
}

export interface Search {
  /** Counts what came about in all schedules. */
  readonly tally?: Tally;
  readonly kind: WarehouseKind;
  readonly runs: number;
  readonly seed?: number;
  /** Of each schedule, at most. */
  readonly steps?: number;
  /** False leaves the schedule that was found as long as it is: shortening plays many more. */
  readonly shortens?: boolean;
  /** A change of every process: a seeded bug. */
  readonly dress?: Dress;
  /** Told of the number of schedules played. */
  readonly onPlayed?: (played: number) => void;
}

const AS_IS: Dress = (adapter) => adapter;

/** Plays random schedules until one breaks a promise, and shortens it; null where none does. */
export async function search({
  kind,
  runs,
  seed,
  steps: most = 25,
  dress,
  onPlayed,
  shortens = true,
  tally = new Map(),
}: Search): Promise<Failure | null> {
  using project = await ScheduleProject.make(toEntry(kind));
  let last: Schedule = { setting: { strategy: 'swap' }, steps: [] };
  let played = 0;
  const commands = fc.commands(
    steps.map((arbitrary) => arbitrary.map((step) => new StepCommand(step))),
    { maxCommands: most, size: 'max' },
  );
  const property = fc.asyncProperty(settings, commands, async (setting, cmds) => {
    const done: Step[] = [];
    last = { setting, steps: done };
    onPlayed?.(++played);
    await using world = await openWorld(kind, project, setting, dress, tally);
    await fc.asyncModelRun(() => ({ model: { world, done }, real: null }), cmds);
    await world.conclude(runAtLast);
  });
  const limits = { numRuns: runs, endOnFailure: !shortens };
  const result = await fc.check(property, seed === undefined ? limits : { ...limits, seed });
  if (!result.failed) return null;
  const [setting = last.setting, cmds] = result.counterexample ?? [];
  const shortest = [...(cmds ?? [])].flatMap((command) => toSteps(command));
  const error =
    result.errorInstance instanceof Error ? result.errorInstance : new Error(String(result.errorInstance));
  return { seed: result.seed, after: result.numRuns, schedule: { setting, steps: shortest }, error };
}

/** Plays one schedule. @throws Violation where it breaks a promise */
export async function replay(
  kind: WarehouseKind,
  { setting, steps }: Schedule,
  dress?: Dress,
): Promise<void> {
  using project = await ScheduleProject.make(toEntry(kind));
  await using world = await openWorld(kind, project, setting, dress);
  for (const step of steps) if (isPossible(world, step)) await play(world, step);
  await world.conclude(runAtLast);
}

async function openWorld(
  kind: WarehouseKind,
  project: ScheduleProject,
  setting: Setting,
  dress: Dress = AS_IS,
  tally: Tally = new Map(),
): Promise<World> {
  return World.open(await openWarehouse(kind), project, setting, dress, tally);
}

async function openWarehouse(kind: WarehouseKind): Promise<Warehouse> {
  if (kind === 'duckdb') return openDuckdb();
  // Only then: the test command starts a server for whatever imports this.
  const { openPostgres } = await import('./postgres-warehouse.js');
  return openPostgres();
}

function toEntry(kind: WarehouseKind): Readonly<Record<string, string>> {
  return kind === 'duckdb'
    ? { type: kind, path: ':memory:' }
    : { type: kind, url: 'postgres://localhost/any' };
}

interface Model {
  readonly world: World;
  readonly done: Step[];
}

/** A step as fast-check takes it: what it is possible after is told by the world itself. */
class StepCommand implements fc.AsyncCommand<Model, null> {
  readonly step: Step;

  constructor(step: Step) {
    this.step = step;
  }

  check({ world }: Model): boolean {
    return isPossible(world, this.step);
  }

  async run({ world, done }: Model): Promise<void> {
    done.push(this.step);
    await play(world, this.step);
  }

  toString(): string {
    return renderStep(this.step);
  }
}

/** fast-check wraps commands: those that have not run are not part of the schedule. */
function toSteps(command: unknown): readonly Step[] {
  const { cmd = command, hasRan = true } = command as { readonly cmd?: unknown; readonly hasRan?: boolean };
  return hasRan && cmd instanceof StepCommand ? [cmd.step] : [];
}
