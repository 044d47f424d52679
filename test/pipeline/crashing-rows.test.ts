import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerHandle } from '../../src/score/worker-handle.js';
import { CRASHES, CRASHING_WORKER } from '../support/crashing-worker-values.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { fixtureFile } from '../support/fixtures.js';
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

test('a real model that ends its process fails the run, and nothing else', async (t) => {
  const columns = [0, 1, 2, 3, 4].map((i) => `f${i}`);
  const house = await makeHouse(t, 'duckdb', {
    scores: `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('bad', 'crashes.onnx'))} }
features: [${columns.map((name) => `{ name: ${name}, nulls: nan }`).join(', ')}]
resources: { workers: 1 }
`,
  });
  await house.execute(
    `create table source as select i as id, ${columns.map((name) => `i::float as ${name}`).join(', ')} from range(12) as r(i)`,
    'update source set f1 = null where id = 3',
  );
  const scored = await house.run('run');
  assert.equal(scored.code, 0, scored.stderr);
  const before = await house.query('select * from predictions.scores order by id');
  assert.equal(before.length, 12);

  await house.execute('update source set f1 = 3 where id = 3');
  const crashed = await house.run('run');
  assert.equal(crashed.code, 1, crashed.stdout);
  assert.match(crashed.stderr, /error SCORING \(score\): the engine crashes on many rows of a chunk/);
  assert.deepEqual(await house.query('select * from predictions.scores order by id'), before);
});

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
