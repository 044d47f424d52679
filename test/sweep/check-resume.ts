import assert from 'node:assert/strict';
import type { Asking } from './ask.js';
import { ROWS, type Template } from './cell.js';
import type { Once } from './run-once.js';

/** A run that was killed before it had ended. */
export interface Unfinished {
  readonly runId: string;
  readonly state: string;
  /** What the ledger says a later run may go on from; null where it has to start over. */
  readonly resume: string | null;
  /** Rows of its chunks that the ledger has, scored and rejected. */
  readonly rows: number;
}

/** The run that the ledger has as open; null where the killed one had written nothing, or had published. */
export async function readUnfinished({ ask }: Asking): Promise<Unfinished | null> {
  const [row, ...others] = await ask(
    `select run_id, state, resume,
      (select coalesce(sum(rows + rejects), 0) from scorehouse.chunks as c where c.run_id = r.run_id)
      from scorehouse.runs as r where state in ('running', 'staged')`,
  );
  assert.deepEqual(others, [], 'at most one open run');
  if (row === undefined) return null;
  const [runId, state, resume = null, rows] = row;
  return { runId: String(runId), state: String(state), resume, rows: Number(rows) };
}

/** No chunk that was finished before the kill is scored again, unless the run had read from a live snapshot. */
export function assertResumed(once: Once, dead: Unfinished | null, { cell }: Template): void {
  const resumed = once.events.find(({ event }) => event === 'resumed');
  if (dead === null || dead.resume === null) {
    assert.equal(resumed, undefined, 'nothing to go on with');
    assert.equal(once.scored, ROWS, 'a run that starts over scores every row');
  } else {
    assert.notEqual(resumed, undefined, 'a run goes on with what the killed one left');
    assert.equal(resumed?.run_id, dead.runId, 'under its id');
    // A live run begins to score before it knows of an earlier one, and lets that go.
    if (cell.snapshot === 'frozen') {
      assert.equal(once.scored, ROWS - dead.rows, 'only what was not finished is scored');
    }
  }
  if (dead === null) return;
  const isKept = dead.state === 'staged' || (cell.snapshot === 'frozen' && dead.rows > 0);
  assert.ok(!isKept || dead.resume !== null, 'finished work is worth going on with');
}
