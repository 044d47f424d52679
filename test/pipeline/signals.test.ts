import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';
import { spawnCommand } from '../support/project.js';

/** What a run says before it is told to stop. */
const MOMENTS = ['run_started', 'planned', 'frozen', 'chunks_loaded', 'staged'] as const;

/** What a scheduler gives a process before it kills it: Cloud Run 10 s, the shortest that is known. */
const GRACE_MS = 10_000;

const ROWS = 300_000;

for (const kind of HOUSES) {
  for (const moment of MOMENTS) {
    test(`SIGTERM after "${moment}" ends a run with 130 in time, and the next one publishes (${kind})`, async (t) => {
      const house = await makeSource(t, kind);
      const stopped = spawnCommand(t, house, ['run', '--json']);
      await stopped.line(`"event":"${moment}"`);
      stopped.child.kill('SIGTERM');
      const late = new AbortController();
      const ended = await Promise.race([stopped.ended, sleep(GRACE_MS, null, { signal: late.signal })]);
      late.abort();

      assert.notEqual(ended, null, `it did not end within ${GRACE_MS} ms`);
      // The signal may come when all is done: then what was published counts.
      const published = await isPublished(house);
      assert.equal(ended?.code, published ? 0 : 130, `${ended?.stdout}${ended?.stderr}`);
      if (moment !== 'run_started' && moment !== 'planned') {
        assert.deepEqual(await house.query('select holder from scorehouse.control_scores'), [[null]]);
      }
      await assertNextPublishes(house);
    });
  }

  test(`a second signal ends a run at once, and the next one takes it over (${kind})`, async (t) => {
    const house = await makeSource(t, kind);
    const stopped = spawnCommand(t, house, ['run', '--json']);
    await stopped.line('"event":"chunks_loaded"');
    stopped.child.kill('SIGTERM');
    stopped.child.kill('SIGINT');
    const { code } = await stopped.ended;

    assert.equal(code, 130);
    await assertNextPublishes(house);
  });
}

async function makeSource(t: TestContext, kind: House['kind']): Promise<House> {
  const target = renderEcho('', { more: 'resources: { chunk_rows: 4096 }' });
  const house = await makeHouse(t, kind, {
    scores: target.replace('from source }', 'from source, snapshot: frozen }'),
  });
  const numbers = { duckdb: `range(1, ${ROWS + 1})`, postgres: `generate_series(1, ${ROWS})` };
  await house.execute(
    ECHO_SOURCE,
    `insert into source select i, i, 1, true, 'n' from ${numbers[kind]} as r(i)`,
  );
  return house;
}

async function isPublished(house: House): Promise<boolean> {
  const there =
    "select count(*) from information_schema.tables where table_schema = 'predictions' and table_name = 'scores'";
  return (await house.query(there))[0]?.[0] === '1';
}

async function assertNextPublishes(house: House): Promise<void> {
  const next = await house.run('run');
  assert.equal(next.code, 0, next.stdout + next.stderr);
  const counts = 'select count(*), count(distinct id) from predictions.scores where f32_same = id';
  assert.deepEqual(await house.query(counts), [[String(ROWS), String(ROWS)]]);
}
