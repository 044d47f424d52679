import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';

const ROWS = 'select id, note, f32_same from predictions.scores order by id';
const LOG = 'select count(*) from scorehouse.run_log';
const FIRST = [
  ['1', 'a', '1'],
  ['2', 'b', '2'],
];

for (const kind of HOUSES) {
  // On Postgres the partitions' parent is where a column can be added.
  const table = kind === 'postgres' ? 'predictions.scores__versions' : 'predictions.scores__v1';

  for (const type of ['text', 'json']) {
    for (const write of ['strategy: swap', 'strategy: merge', 'deletes: keep']) {
      test(`${write}: a ${type} column that a person added stays where it is, and stops nothing (${kind})`, async (t) => {
        const house = await makePublished(t, kind, write);
        await house.execute(
          `alter table ${table} add column extra ${type}`,
          `update predictions.scores__v1 set extra = '7'`,
        );
        await house.execute('update source set score = 10 where id = 1');
        for (let i = 0; i < 2; i++) {
          const { code, stderr } = await house.run('run');
          assert.equal(code, 0, stderr);
          assert.deepEqual(await house.query(ROWS), [['1', 'a', '10'], FIRST[1]]);
        }
        const extra = await house.query('select extra from predictions.scores__v1 where id = 2');
        assert.deepEqual(extra, [['7']]);
        const verified = await house.run('verify', 'scores');
        assert.equal(verified.code, 0, verified.stderr);
      });
    }
  }
}

// Postgres does not let go of what its view stands on.
for (const write of ['strategy: swap', 'strategy: merge', 'deletes: keep']) {
  for (const [alter, says] of [
    ['alter f32_same type double', /"f32_same" double to "f32_same" float/],
    ['alter id type integer', /"id" int32 to "id" int64/],
    ['rename f32_same to other', /version 1, which is live, was altered: "f32_same" float is gone/],
    ['drop id', /version 1, which is live, was altered: "id" int64 is gone/],
  ] as const) {
    test(`${write}: after "${alter}" a run is exit code 2 before it writes (duckdb)`, async (t) => {
      const house = await makePublished(t, 'duckdb', write);
      await house.execute(`alter table predictions.scores__v1 ${alter}`);
      const before = await house.query(LOG);
      const { code, stderr } = await house.run('run');
      assert.equal(code, 2, stderr);
      assert.match(stderr, says);
      assert.deepEqual(await house.query(LOG), before);
      if (write === 'deletes: keep') return;
      writeTarget(house, 'scores', renderEcho(`${write}, on_column_change: recreate`));
      const again = await house.run('run');
      assert.equal(again.code, 0, again.stderr);
      assert.deepEqual(await house.query(ROWS), FIRST);
    });
  }
}

async function makePublished(t: TestContext, kind: HouseKind, write: string): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho(write) });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  const { code, stderr } = await house.run('run');
  assert.equal(code, 0, stderr);
  return house;
}
