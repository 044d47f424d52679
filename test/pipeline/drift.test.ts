import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ScoringError } from '../../src/contract/index.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';
import { openRunner } from '../support/runs.js';

const SEEN = 'select * from predictions.scores order by 4';
const SCORES = 'select id, f32_same, note from predictions.scores order by id';

/** Changes of a source that a target cannot take, each with what the refusal says. */
const BROKEN = [
  { what: 'is dropped', sql: ['alter table source drop column i'], says: [/"i" is not among the columns/] },
  {
    what: 'is renamed',
    sql: ['alter table source rename column score to points'],
    says: [/"score" is not among the columns/],
  },
  {
    what: 'becomes text',
    sql: ['alter table source alter column score type varchar'],
    says: [/feature "score" has type/i, /input "f32"|a float32 input/],
  },
] as const;

/** Changes that are none to it. */
const HARMLESS = [
  { what: 'more columns', sql: ['alter table source add column extra integer'] },
  {
    what: 'its columns in another order',
    sql: [
      'create table other as select note, b, i, score, id from source',
      'drop table source',
      'alter table other rename to source',
    ],
  },
] as const;

for (const kind of HOUSES) {
  for (const { what, sql, says } of BROKEN) {
    test(`a feature that ${what} is exit code 2 and named; readers keep what they had (${kind})`, async (t) => {
      const house = await makePublished(t, kind, 'strategy: swap');
      const before = await dump(house);
      await house.execute(...sql);

      const { code, stderr } = await house.run('run');

      assert.equal(code, 2, stderr);
      for (const words of says) assert.match(stderr, words);
      assert.deepEqual(await dump(house), before);
    });
  }

  for (const { what, sql } of HARMLESS) {
    test(`a source with ${what} gives the same scores (${kind})`, async (t) => {
      const house = await makePublished(t, kind, 'strategy: swap');
      const before = await house.query(SCORES);
      await house.execute(...sql);

      await publish(house);

      assert.deepEqual(await house.query(SCORES), before);
    });
  }

  for (const strategy of ['swap', 'merge'] as const) {
    for (const { to, type } of [
      { to: 'varchar', type: 'text' },
      { to: 'decimal(12, 2)', type: 'decimal\\(12, ?2\\)' },
    ]) {
      test(`a key that becomes ${to} is exit code 2 with both types (${strategy}, ${kind})`, async (t) => {
        const house = await makePublished(t, kind, `strategy: ${strategy}`);
        const before = await dump(house);
        await house.execute(`alter table source alter column id type ${to}`);

        const { code, stderr } = await house.run('run');

        assert.equal(code, 2, stderr);
        assert.match(stderr, new RegExp(`"id" int64 to "id" ${type}`));
        assert.deepEqual(await dump(house), before);
      });
    }
  }

  test(`a key of another type makes a version of its own where columns may change (${kind})`, async (t) => {
    const house = await makePublished(t, kind, 'strategy: swap');
    writeTarget(house, 'scores', renderEcho('strategy: swap, on_column_change: recreate'));
    await house.execute('alter table source alter column id type varchar');

    await publish(house);

    assert.deepEqual(await house.query(SCORES), [
      ['1', '1', 'a'],
      ['2', '2', 'b'],
    ]);
  });

  test(`a frozen run whose key has another type now is not gone on with (${kind})`, async (t) => {
    const house = await makePublished(t, kind, 'strategy: swap');
    const write = 'strategy: swap, on_column_change: recreate';
    writeTarget(house, 'scores', renderEcho(write).replace('sql: ', 'snapshot: frozen, sql: '));
    await fail(house);
    await house.execute('alter table source alter column id type varchar');

    const { code, stdout, stderr } = await house.run('run', '--json');

    assert.equal(code, 0, stderr);
    assert.match(stdout, /"event":"resumable_abandoned".*"reason":"[^"]*changed/);
    assert.doesNotMatch(stdout, /"event":"resumed"/);
  });
}

/** A house with one publish of two rows. */
async function makePublished(t: TestContext, kind: HouseKind, write: string): Promise<House> {
  const house = await makeHouse(t, kind, { scores: renderEcho(write) });
  await house.execute(ECHO_SOURCE, "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')");
  await publish(house);
  return house;
}

async function publish(house: House): Promise<void> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
}

/** A run that fails when all its rows are staged. */
async function fail(house: House): Promise<void> {
  await using runner = await openRunner(house);
  const { exit_code } = await runner.run((point) => {
    if (!point.startsWith('before query gate/')) return;
    throw new ScoringError('a fault', { code: 'CONNECTION', stage: 'gate' });
  });
  assert.equal(exit_code, 1);
}

/** What readers see, and how many runs and publishes the ledger has. */
async function dump(house: House) {
  return [
    await house.query(SEEN),
    await house.query('select count(*) from scorehouse.run_log'),
    await house.query('select publish_seq, version from scorehouse.publishes'),
  ];
}
