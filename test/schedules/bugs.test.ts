import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUGS } from './bugs.js';
import { renderFailure } from './failure.js';
import { replay, search } from './schedule.js';

/** Within so many schedules a planted bug must be found. */
const FIND_WITHIN = 200;

for (const { name, dress, seed, shortest } of BUGS) {
  test(`a short schedule shows ${name}, and breaks nothing without it`, async () => {
    const schedule = { setting: { strategy: 'swap' }, steps: shortest } as const;
    await assert.rejects(replay('duckdb', schedule, dress), { name: 'Violation' });
    await replay('duckdb', schedule);
  });

  if (seed === null) continue;
  test(`${FIND_WITHIN} random schedules find ${name}`, async (t) => {
    const failure = await search({ kind: 'duckdb', runs: FIND_WITHIN, seed, dress, shortens: false });
    assert.ok(failure !== null, `none of ${FIND_WITHIN} schedules did`);
    assert.equal(failure.error.name, 'Violation', renderFailure(failure));
    t.diagnostic(renderFailure(failure));
  });
}
