import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { type House, makeHouse, runAs, writeTarget } from '../support/house.js';
import { openClient } from '../support/postgres.js';
import { failureOf, openRunner } from '../support/runs.js';

const KEEP = 'keep_versions: 1';
const SCORES = 'select f32_same from predictions.scores order by id';
const STATES = 'select version, state from scorehouse.versions order by version';
const PENDING = `select c.relname from pg_inherits as i join pg_class as c on c.oid = i.inhrelid where i.inhdetachpending`;
const TABLES = `select tablename from pg_tables where tablename ~ '__v[0-9]+$' order by tablename`;

test('a detach that readers keep from ending is finished by a later run, and bothers nobody before', async (t) => {
  const house = await makeVersions(t, 2);
  const reader = await openClient(t, house.at);
  // READ COMMITTED holds no snapshot between two queries, but its lock on the parent.
  await reader.query('begin');
  await reader.query(SCORES);

  await publish(house, 3);
  assert.deepEqual(await house.query(PENDING), [['scores__v1']]);
  assert.deepEqual(await house.query(SCORES), [['3']]);
  assert.deepEqual((await reader.query(SCORES)).rows, [{ f32_same: 3 }]);
  const promoted = await house.run('promote', 'scores', '1');
  assert.equal(promoted.code, 2);
  assert.match(promoted.stderr, /version 1 of scores cannot become live: it is dropping/);
  await publish(house, 4);
  assert.deepEqual(await statesOf(house), ['dropping', 'dropping', 'kept', 'live']);

  await reader.query('commit');
  await publish(house, 5);
  assert.deepEqual(await statesOf(house), ['dropped', 'dropped', 'dropped', 'kept', 'live']);
  assert.deepEqual(await house.query(TABLES), [['scores__v4'], ['scores__v5']]);
});

for (const { what, outputs, columns } of [
  { what: 'a column more', outputs: 'f32_same: {}, i32_same: {}', columns: 'f32_same, i32_same' },
  { what: 'other columns', outputs: 'i32_same: {}', columns: 'i32_same' },
]) {
  test(`a detach left pending does not keep a publish from having ${what}`, async (t) => {
    const house = await makeVersions(t, 2);
    const reader = await openClient(t, house.at);
    await reader.query('begin');
    await reader.query(SCORES);
    await publish(house, 3);
    assert.deepEqual(await house.query(PENDING), [['scores__v1']]);
    await reader.query('commit');

    writeTarget(house, 'scores', renderEcho(`${KEEP}, on_column_change: recreate`, { outputs }));
    await publish(house, 4);

    assert.deepEqual(await house.query(`select ${columns} from predictions.scores`), [
      columns.split(', ').map(() => '4'),
    ]);
    await publish(house, 5);
    assert.deepEqual(await house.query(TABLES), [['scores__v4'], ['scores__v5']]);
  });
}

test('a version that a REPEATABLE READ reader may still ask for stays as long as the reader', async (t) => {
  const house = await makeVersions(t, 1);
  const reader = await openClient(t, house.at);
  // Its snapshot is older than the publishes to come, and it has touched nothing of the target yet.
  await reader.query('begin isolation level repeatable read');
  await reader.query('select 1 from source');
  for (let i = 2; i <= 4; i++) await publish(house, i);

  assert.deepEqual((await reader.query(SCORES)).rows, [{ f32_same: 1 }]);
  assert.deepEqual(await statesOf(house), ['dropping', 'dropping', 'kept', 'live']);
  await reader.query('commit');
  await publish(house, 5);
  assert.deepEqual(await statesOf(house), ['dropped', 'dropped', 'dropped', 'kept', 'live']);
});

test('a role that is nobody special sees that readers of others are there', async (t) => {
  const house = await makeVersions(t, 1, 'scorer');
  const reader = await openClient(t, house.at);
  await reader.query('begin isolation level repeatable read');
  await reader.query('select 1 from source');
  for (let i = 2; i <= 3; i++) await publish(house, i);

  assert.deepEqual((await reader.query(SCORES)).rows, [{ f32_same: 1 }]);
  assert.deepEqual(await statesOf(house), ['dropping', 'kept', 'live']);
});

test('a version that is promoted while it is about to be dropped stays', async (t) => {
  const house = await makeVersions(t, 2);
  await using runner = await openRunner(house);
  let promoted = false;
  await fill(house, 3);
  const ran = await runner.run(async (point) => {
    // The publish has let the target go; now the surplus is marked.
    if (point !== 'before execute ledger/version_append' || promoted) return;
    promoted = true;
    const { code, stderr } = await house.run('promote', 'scores', '1');
    assert.equal(code, 0, stderr);
  });

  assert.equal(ran.exit_code, 0);
  assert.ok(promoted);
  assert.match(failureOf(ran), /old versions could not be dropped/);
  assert.deepEqual(await house.query(SCORES), [['1']]);
  assert.deepEqual(await statesOf(house), ['live', 'kept', 'kept']);
});

test('a version that a view of somebody stands on is kept and told of', async (t) => {
  const house = await makeVersions(t, 1);
  await house.execute('create view mine as select id from predictions.scores__v1');
  await publish(house, 2);

  const { code, stderr } = await fillAndRun(house, 3);

  assert.equal(code, 0);
  assert.match(stderr, /version 1 is kept: public\.mine depends on it/);
  assert.deepEqual(await house.query('select id from mine'), [['1']]);
  assert.deepEqual(await statesOf(house), ['kept', 'kept', 'live']);
  await house.execute('drop view mine');
  await publish(house, 4);
  assert.deepEqual(await statesOf(house), ['dropped', 'dropped', 'kept', 'live']);
});

test('a run that died while it checked the result of a merge is published by the next, which leaves no view of it', async (t) => {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho('strategy: merge, deletes: keep') });
  await house.execute(ECHO_SOURCE);
  await publish(house, 1);
  await fill(house, 2);
  await using runner = await openRunner(house);
  let dead = false;
  const died = await runner.run((point) => {
    // From here on not a word of it reaches the warehouse.
    dead ||= point === 'before execute stage/drop_view';
    if (dead) throw new Error('dead');
  });
  assert.equal(died.exit_code, 1);
  const helpers = `select regexp_replace(relname, '_.*', '') from pg_class where relname ~ '^(r|s|in|undo)_[0-9a-f]{12}$' order by 1`;
  assert.deepEqual(await house.query(helpers), [['r'], ['s']]);
  await house.execute('update scorehouse.control_scores set expires_at = now()');

  await publish(house, 3);

  assert.deepEqual(await house.query(helpers), [['undo']]);
  assert.deepEqual(await house.query(SCORES), [['2']], 'what it had staged');
});

/** A house with so many published versions of one row, whose score is the version's number; run by `role` if given. */
async function makeVersions(t: TestContext, count: number, role?: string): Promise<House> {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho(KEEP) });
  await house.execute(ECHO_SOURCE);
  if (role !== undefined) await runAs(t, house, role);
  for (let i = 1; i <= count; i++) await publish(house, i);
  return house;
}

async function fill(house: House, score: number): Promise<void> {
  await house.execute('delete from source', `insert into source values (1, ${score}, ${score}, true, 'a')`);
}

async function fillAndRun(house: House, score: number) {
  await fill(house, score);
  return house.run('run');
}

async function publish(house: House, score: number): Promise<void> {
  const { code, stdout, stderr } = await fillAndRun(house, score);
  assert.equal(code, 0, stdout + stderr);
}

async function statesOf(house: House): Promise<readonly (string | null | undefined)[]> {
  return (await house.query(STATES)).map(([, state]) => state);
}
