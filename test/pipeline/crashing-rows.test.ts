import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerHandle } from '../../src/score/worker-handle.js';
import { CRASHES, CRASHING_WORKER } from '../support/crashing-worker-values.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';
import { openRunner, type Ran } from '../support/runs.js';

for (const kind of HOUSES) {
  test(`rows that bring the engine down cost a worker and themselves, nothing else (${kind})`, async (t) => {
    const house = await makeHouse(t, kind, { scores: renderCrashing('budget: 2') });
    await fill(house, 40, [7, 23]);

    const ran = await runCrashing(house);

    assert.equal(ran.exit_code, 0, JSON.stringify(ran.events.at(-2)));
    assert.deepEqual([ran.rows_read, ran.rows_published, ran.rows_rejected], [40, 38, 2]);
    const staged = ran.events.find(({ event }) => event === 'staged');
    assert.ok(staged?.event === 'staged' && staged.workers.crashed >= 1, JSON.stringify(staged));
    assert.deepEqual(
      await house.query('select id, feature, reason from predictions.scores__quarantine order by id'),
      [
        ['7', null, 'engine'],
        ['23', null, 'engine'],
      ],
    );
    const wrong = await house.query('select count(*) from predictions.scores where f32_same <> id');
    assert.deepEqual(wrong, [['0']]);
  });

  test(`without a budget they refuse the run (${kind})`, async (t) => {
    const house = await makeHouse(t, kind, { scores: renderCrashing('budget: 0') });
    await fill(house, 10, [4]);

    const ran = await runCrashing(house);

    assert.equal(ran.exit_code, 3);
    const failed = ran.events.find(({ event }) => event === 'run_failed');
    assert.match(JSON.stringify(failed), /REJECT_BUDGET.*1 of 10 rows were rejected/);
  });
}

function renderCrashing(errors: string): string {
  return renderEcho('strategy: swap', { more: `errors: { ${errors} }\nresources: { chunk_rows: 16 }\n` });
}

/** Rows whose score is their id, but for those that crash. */
async function fill(house: House, rows: number, crashing: readonly number[]): Promise<void> {
  const values = Array.from({ length: rows }, (_, i) => {
    const score = crashing.includes(i + 1) ? CRASHES : i + 1;
    return `(${i + 1}, ${score}, 1, true, 'n')`;
  });
  await house.execute(ECHO_SOURCE, `insert into source values ${values.join(', ')}`);
}

async function runCrashing(house: House): Promise<Ran> {
  await using runner = await openRunner(house);
  const starting = [new WorkerHandle(CRASHING_WORKER), new WorkerHandle(CRASHING_WORKER)];
  return await runner.run(undefined, undefined, starting);
}
