import type { ResolvedTarget } from '../../src/config/index.js';
import { type Stand, toFault, toUnknown } from './gates.js';
import type { TargetChoice } from './project.js';
import type { Step } from './steps.js';
import { type TIDYINGS, toRepointTask, toRunTask, toTidyTask, type Worker } from './worker.js';
import { Violation, type World } from './world.js';

/** More calls than any task makes. */
const MOST_CALLS = 500;

/** True where the step means something now. */
export function isPossible(world: World, step: Step): boolean {
  switch (step.do) {
    case 'source':
    case 'expire':
      return true;
    case 'edit':
      return world.look.publishSeq > 0;
    case 'run':
      return world.workers.includes(null);
    case 'tidy':
    case 'tidy twice':
      return world.workers.includes(null);
    case 'overtake':
      return world.workers.includes(null) && findWorker(world, step.who) !== null;
    case 'promote':
    case 'rollback':
      return world.workers.includes(null) && world.look.publishSeq > 0;
    default:
      return findWorker(world, step.who) !== null;
  }
}

/** Of the workers that stand somewhere, the one that the number comes to. */
function findWorker({ workers }: World, who: number): Worker | null {
  const standing = workers.filter((worker) => worker !== null && worker.gates.stands.length > 0);
  return standing[who % Math.max(standing.length, 1)] ?? null;
}

/** Does one step, and judges what is there then. @throws Violation */
export async function play(world: World, step: Step): Promise<void> {
  await act(world, step);
  await world.check();
}

async function act(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case 'source':
      return world.change(step);
    case 'run': {
      await startRun(world, step, step.restart);
      return;
    }
    case 'tidy':
      await startTidying(world, step.what);
      return;
    case 'tidy twice':
      return tidyTwice(world, step.what);
    case 'promote':
    case 'rollback': {
      const target = toTarget(world, PLAIN);
      const version = step.do === 'promote' ? step.version : null;
      await world.start(step.do, toRepointTask(target, { kind: step.do, version }));
      return;
    }
    case 'expire':
      return expire(world);
    case 'edit':
      return edit(world, step.what);
    default:
      return move(world, findWorker(world, step.who) as Worker, step);
  }
}

/** What tasks are given that read no source. */
const PLAIN = { snapshot: 'live', chunkRows: 3 } as const;

function toTarget(world: World, { snapshot, chunkRows }: Omit<TargetChoice, 'strategy'>): ResolvedTarget {
  return world.project.target({ ...world.setting, snapshot, chunkRows });
}

function startRun(world: World, choice: Omit<TargetChoice, 'strategy'>, restart = false): Promise<Worker> {
  return world.start('run', toRunTask(toTarget(world, choice), restart));
}

function startTidying(world: World, what: (typeof TIDYINGS)[number]): Promise<Worker> {
  return world.start(what, toTidyTask(what, toTarget(world, PLAIN)));
}

async function tidyTwice(world: World, what: (typeof TIDYINGS)[number]): Promise<void> {
  await finish(world, await startTidying(world, what));
  await world.check();
  const { digest } = world.dump;
  if (!world.workers.includes(null)) return;
  const second = await startTidying(world, what);
  await finish(world, second);
  await world.check();
  if (second.exitCode !== 0 || world.dump.digest === digest) return;
  throw new Violation(`I6: ${what} once more changed something`);
}

type Move = Extract<Step, { readonly who: number }>;

async function move(world: World, worker: Worker, step: Move): Promise<void> {
  switch (step.do) {
    case 'advance':
      for (let call = 0; call < step.calls; call++) await pass(world, worker, step.pick);
      return;
    case 'reach':
      await reach(world, worker, ({ point }) => point.startsWith(step.place), 0);
      return;
    case 'overtake': {
      if ((await reach(world, worker, ({ point }) => point.startsWith(step.place), 0)) === null) return;
      await expire(world);
      const other = await startRun(world, step);
      await reach(world, other, ({ point }) => point === 'after execute ledger/run_append', 0);
      return;
    }
    case 'finish':
      return finish(world, worker);
    case 'kill':
      worker.kill();
      return world.settle();
    case 'interrupt':
      worker.interrupt();
      return world.settle();
    case 'fail': {
      // A transaction that took place and says that it failed is nothing that an adapter may do.
      const stand = worker.gates.stands.find(({ point, commits }) => point.startsWith('before') || !commits);
      stand?.fail(toFault(stand.point, step.passes));
      return world.settle();
    }
    case 'lose': {
      const stand = await reach(world, worker, isCommit, step.skip);
      if (stand !== null) await lose(world, worker, stand, step.took);
      return;
    }
    case 'publish twice': {
      const stand = await reach(
        world,
        worker,
        ({ point }) => point === 'before execute ledger/pointer_move',
        0,
      );
      if (stand !== null) await world.pass(worker, stand, ({ release }) => release('twice'));
      return;
    }
  }
}

function isCommit({ point, commits }: Stand): boolean {
  return commits && point.startsWith('before ');
}

/** Lets one call through; nothing where the worker stands nowhere. */
async function pass(world: World, worker: Worker, pick: number): Promise<void> {
  const { stands } = worker.gates;
  const stand = stands[pick % Math.max(stands.length, 1)];
  if (stand !== undefined) await world.pass(worker, stand, ({ release }) => release());
}

/** Goes on until the worker stands at such a call; null where it ends before. */
async function reach(
  world: World,
  worker: Worker,
  isThere: (stand: Stand) => boolean,
  skip: number,
): Promise<Stand | null> {
  let left = skip;
  for (let call = 0; call < MOST_CALLS; call++) {
    const stand = worker.gates.stands.find(isThere);
    if (stand !== undefined && left === 0) return stand;
    const next = stand ?? worker.gates.stands[0];
    if (next === undefined) return null;
    if (stand !== undefined) left--;
    await world.pass(worker, next, ({ release }) => release());
  }
  return null;
}

async function lose(world: World, worker: Worker, stand: Stand, took: boolean): Promise<void> {
  const { point } = stand;
  if (!took) {
    stand.fail(toUnknown(point));
    return world.settle();
  }
  await world.pass(worker, stand, ({ release }) => release());
  const answer = worker.gates.stands.find((each) => each.point === point.replace('before', 'after'));
  answer?.fail(toUnknown(point));
  await world.settle();
}

async function finish(world: World, worker: Worker): Promise<void> {
  for (let call = 0; call < MOST_CALLS && !worker.done; call++) {
    const [stand] = worker.gates.stands;
    // It waits for a lock of somebody who stands still.
    if (stand === undefined) return;
    await world.pass(worker, stand, ({ release }) => release());
  }
}

/** As if whoever holds the target had stood still for half a minute. */
async function expire({ warehouse, look }: World): Promise<void> {
  if (look.epoch === 0) return;
  await warehouse.execute(
    "update scorehouse.control_scores set expires_at = current_timestamp - interval '1 second'",
  );
}

async function edit(world: World, what: Extract<Step, { do: 'edit' }>['what']): Promise<void> {
  const { warehouse, look, dump } = world;
  switch (what) {
    case 'drop view':
      world.viewEdited = true;
      world.edits++;
      return warehouse.execute('drop view if exists predictions.scores');
    case 'edit rows':
      world.edited.add(look.version);
      return warehouse.execute(`update predictions.scores__v${look.version} set y = y + 1`);
    case 'add staged rows':
    case 'drop helper': {
      const helper = [...dump.relations.keys()].find((name) => /^scorehouse\.(s|in)_/.test(name));
      if (helper === undefined) return;
      world.meddled = true;
      return warehouse.execute(
        what === 'drop helper'
          ? `drop table ${helper}`
          : `insert into ${helper} select * from ${helper} limit 1`,
      );
    }
  }
}

/** More runs than it takes to publish, where one goes on with what was read before. */
const LAST_RUNS = 4;

/** A sound source and runs with nobody in their way: what is there now must come to be published. */
export async function runAtLast(world: World): Promise<void> {
  await world.change({ rows: 4, salt: 3, rejects: 1, twice: false });
  await expire(world);
  for (let run = 1; run <= LAST_RUNS; run++) {
    const worker = await startRun(world, PLAIN);
    await finish(world, worker);
    await worker.ended;
    await world.check();
    if (worker.exitCode === 0 && world.look.seen?.states[0] === world.states.length - 1) return;
    // One that goes on with a bad input, or with what somebody has meddled with, ends so, and lets the next start over.
    const { exitCode } = worker;
    if (exitCode === 6 && world.viewEdited) {
      await finish(world, await startTidying(world, 'repair'));
      await world.check();
      if (!world.viewEdited) continue;
    }
    if (exitCode === 0 || exitCode === 3 || (exitCode === 1 && world.meddled)) continue;
    const failed = worker.events.find(({ event }) => event === 'run_failed');
    throw new Violation(
      `I7: ${worker.what} exited ${exitCode} with nobody in its way: ${JSON.stringify(failed)}`,
    );
  }
  throw new Violation(`I7: ${LAST_RUNS} runs did not publish what is in the source`);
}
