import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderFailure } from './failure.js';
import { search } from './schedule.js';

/** A sample: a database of its own for each takes longer than its schedule. */
const PLAYED = 12;

test(`${PLAYED} random schedules break no promise (postgres)`, async (t) => {
  const tally = new Map<string, number>();
  const failure = await search({ kind: 'postgres', runs: PLAYED, tally });
  t.diagnostic([...tally].map(([what, times]) => `${what} ${times}`).join(', '));
  assert.equal(failure, null, failure === null ? '' : renderFailure(failure));
});
