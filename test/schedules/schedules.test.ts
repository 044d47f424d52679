import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { renderFailure } from './failure.js';
import { replay, type Schedule, search } from './schedule.js';

/** Schedules that broke a promise once, one a file. */
const REGRESSIONS = fileURLToPath(new URL('../../../test/regressions/', import.meta.url));

/** How many are played here; `npm run schedules` plays as many as one likes. */
const PLAYED = 150;

test(`${PLAYED} random schedules break no promise (duckdb)`, async (t) => {
  const tally = new Map<string, number>();
  const failure = await search({ kind: 'duckdb', runs: PLAYED, tally });
  t.diagnostic([...tally].map(([what, times]) => `${what} ${times}`).join(', '));
  assert.equal(failure, null, failure === null ? '' : renderFailure(failure));
});

for (const file of readdirSync(REGRESSIONS).filter((name) => name.endsWith('.json'))) {
  test(`${file} no longer breaks a promise`, async () => {
    await replay('duckdb', JSON.parse(readFileSync(`${REGRESSIONS}${file}`, 'utf8')) as Schedule);
  });
}
