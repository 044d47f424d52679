import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { House } from '../support/house.js';
import { asking } from './ask.js';
import { copyHouse, type Template, waitOutLease } from './cell.js';
import { assertEither, assertWhole, readState, type State } from './check.js';
import { assertResumed, readUnfinished } from './check-resume.js';
import { Endings } from './endings.js';
import { runOnce } from './run-once.js';

const CRASHER = fileURLToPath(new URL('./crasher.js', import.meta.url));

/** A run in a process of its own that was to be killed. */
export interface Crash {
  readonly killed: boolean;
  /** The points that it came by, the last one being where it was killed. */
  readonly points: readonly string[];
}

/**
 * Runs a house's target in a process that kills itself.
 *
 * @param at the number of the point, from 1, or its name; 0 is never reached
 */
export async function crash(house: House, at: number | string): Promise<Crash> {
  const child = spawn(process.execPath, [CRASHER, house.dir, house.kind, String(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const points = printed.trimEnd().split('\n');
  if (signal === 'SIGKILL') return { killed: true, points };
  const end = points.pop();
  assert.match(`${code} ${end}`, /^0 ended with 0$/, 'a run that nobody killed');
  return { killed: false, points };
}

/** What one kill, and the runs after it, came to. */
export interface Swept {
  /** Where the run was killed; null where it ended before it got there. */
  readonly point: string | null;
  /** What was violated, in the words of the check. */
  readonly violation: string | null;
}

/**
 * Kills one run of a copy of the template, has a second one finish the work, takes that back and has a third one
 * publish again; checks after each that nothing is lost, doubled or half seen.
 */
export async function sweepPoint(template: Template, at: number | string): Promise<Swept> {
  await using endings = new Endings();
  const house = await copyHouse(endings, template);
  const before = await asking(house, readState);
  const { killed, points } = await crash(house, at);
  const point = killed ? (points.at(-1) ?? '') : null;
  try {
    // Changes the control row, so it waits for a COMMIT that is still on its way.
    await waitOutLease(house);
    const found = await asking(house, readState);
    assertEither(found, before, template);
    const second = await runAgain(house, found, template);
    const back = await rollBack(house, second, found);
    await runAgain(house, back, template);
    return { point, violation: null };
  } catch (error) {
    return { point, violation: error instanceof Error ? error.message : String(error) };
  }
}

async function runAgain(house: House, before: State, template: Template): Promise<State> {
  const dead = await asking(house, readUnfinished);
  const once = await runOnce(house.dir, template.worker);
  assert.equal(once.finished.exit_code, 0, `a plain run publishes: ${once.failure}`);
  assertResumed(once, dead, template);
  return assertWhole(house, before, template);
}

/** Readers have what they had before the second run's publish, whoever made that. */
async function rollBack(house: House, now: State, before: State): Promise<State> {
  const { code, stderr } = await house.run('rollback', 'scores');
  assert.equal(code, 0, `a rollback: ${stderr}`);
  const back = await asking(house, readState);
  assert.deepEqual(back.seen, before.seen, 'a rollback gives back what was there before');
  assert.equal(back.publishSeq, now.publishSeq + 1, 'a rollback has a number of its own');
  return back;
}
