import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ECHO_SOURCE, type EchoOptions, renderEcho } from '../support/echo.js';
import { type House, makeHouse, runAs, writeTarget } from '../support/house.js';
import { execute, openClient, postgresUrl, queryAll } from '../support/postgres.js';

const RECREATE = 'on_column_change: recreate';
const COLUMNS = `select column_name, data_type from information_schema.columns
  where table_schema = 'predictions' and table_name = 'scores' and column_name !~ '^_' order by ordinal_position`;

test('a column more is added in place: to the view, to the parent, and NULL in versions before', async (t) => {
  const house = await makePublished(t);
  const oid = "select 'predictions.scores'::regclass::oid, 'predictions.scores__versions'::regclass::oid";
  const before = await house.query(oid);
  const reader = await openClient(t, house.at);
  await reader.query('begin isolation level repeatable read');
  await reader.query('select 1 from source');

  retarget(house, { outputs: 'f32_same: {}, i32_same: {}' });
  await publish(house);

  assert.deepEqual(await house.query(oid), before, 'view and parent are those that readers know');
  assert.deepEqual(await house.query('select id, f32_same, i32_same from predictions.scores'), [
    ['1', '1', '1'],
  ]);
  // The reader's snapshot is older than the publish: it has the old version, which knows nothing of the column.
  const { rows } = await reader.query('select id, f32_same, i32_same from predictions.scores');
  assert.deepEqual(rows, [{ id: '1', f32_same: 1, i32_same: null }]);
  await reader.query('commit');
  const back = await house.run('rollback', 'scores');
  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual(await house.query('select i32_same from predictions.scores'), [[null]]);
});

for (const { what, first = {}, change, back } of [
  { what: 'a column less', change: { passthrough: '' }, back: 'id, note, f32_same' },
  {
    what: 'another type',
    change: { outputs: 'f32_same: { from: i32_same }' },
    back: 'id, note, f32_same',
  },
  {
    what: 'another order',
    first: { passthrough: 'note, i' },
    change: { passthrough: 'i, note' },
    back: 'id, note, i, f32_same',
  },
  // The first version has stayed a partition, and so got the column too.
  { what: 'a column in between', change: { passthrough: 'i, note' }, back: 'id, note, f32_same, i' },
] satisfies readonly { what: string; first?: EchoOptions; change: EchoOptions; back: string }[]) {
  test(`${what} is refused unless on_column_change says recreate, which makes the view anew`, async (t) => {
    const house = await makePublished(t, first);
    const columns = await house.query(COLUMNS);
    writeTarget(house, 'scores', renderEcho('keep_versions: 3', change));

    const refused = await house.run('run');

    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /would change from .*\n.*next: .*on_column_change: recreate/);
    assert.deepEqual(await house.query(COLUMNS), columns);
    retarget(house, change);
    await publish(house);
    assert.notDeepEqual(await house.query(COLUMNS), columns);
    assert.deepEqual(await house.query('select id from predictions.scores'), [['1']]);
    const rolledBack = await house.run('rollback', 'scores');
    assert.equal(rolledBack.code, 0, rolledBack.stderr);
    assert.equal((await house.query(COLUMNS)).map(([name]) => name).join(', '), back);
    assert.deepEqual(await house.query('select id, note, f32_same from predictions.scores'), [
      ['1', 'a', '1'],
    ]);
  });
}

test('a view made anew has the readers that it had, whoever let them in', async (t) => {
  const house = await makePublished(t);
  const [bi, dba, other] = await makeRoles(t, house, 3);
  const write = `grants: { select: [${bi}] }`;
  retarget(house, {}, write);
  await publish(house);
  await house.execute(
    `grant usage on schema predictions to ${dba}`,
    `grant select on predictions.scores to ${dba} with grant option`,
  );
  const read = (role: string) => queryAll(urlOf(house, role), 'select id from predictions.scores');
  const hands = `select has_table_privilege('${dba}', 'predictions.scores', 'select with grant option')`;

  for (const outputs of ['i32_same: {}', 'i32_same: {}, f32_same: {}']) {
    retarget(house, { outputs }, write);
    await publish(house);
    assert.deepEqual(await read(bi), [['1']]);
    assert.deepEqual(await read(dba), [['1']]);
    assert.deepEqual(await house.query(hands), [['t']]);
    await assert.rejects(read(other), /permission denied/);
  }
});

test('public may read a view made anew where it could before', async (t) => {
  const house = await makePublished(t);
  const [role] = await makeRoles(t, house, 1);
  await house.execute(
    'grant usage on schema predictions to public',
    'grant select on predictions.scores to public',
  );
  retarget(house, { outputs: 'i32_same: {}' });
  await publish(house);
  assert.deepEqual(await queryAll(urlOf(house, role), 'select id from predictions.scores'), [['1']]);
});

test('a grant to a role that is not there is exit code 2, and nothing is written', async (t) => {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho('grants: { select: [nobody_at_all] }') });
  await house.execute(ECHO_SOURCE, ROW);

  const { code, stderr } = await house.run('run');

  assert.equal(code, 2);
  assert.match(stderr, /write\.grants: no role nobody_at_all in the warehouse/);
  const schemas = "select count(*) from pg_namespace where nspname in ('predictions', 'scorehouse')";
  assert.deepEqual(await house.query(schemas), [['0']]);
});

test('a reader that holds the view keeps new columns from it for a while, and nobody else waits long', async (t) => {
  const house = await makePublished(t);
  const reader = await openClient(t, house.at);
  await reader.query('begin');
  await reader.query('select * from predictions.scores');
  retarget(house, { outputs: 'i32_same: {}' });
  const running = house.run('run');
  let [longest, ended] = [0, false];
  void running.then(() => {
    ended = true;
  });
  while (!ended) {
    const start = performance.now();
    assert.deepEqual(await house.query('select id from predictions.scores'), [['1']]);
    longest = Math.max(longest, performance.now() - start);
  }

  const { code, stderr } = await running;

  assert.equal(code, 1, stderr);
  assert.match(stderr, /TIMEOUT.*predictions\.scores: its columns change, and readers held it all the time/);
  assert.match(stderr, /next: End the longest transactions .* the staged rows are kept in scores__v2/);
  t.diagnostic(`the longest answer of another reader took ${Math.round(longest)} ms`);
  assert.ok(longest < 2000, `another reader waited ${longest} ms`);
  assert.deepEqual(await house.query('select i32_same from predictions.scores__v2'), [['1']]);
  await reader.query('commit');
  await publish(house);
  assert.deepEqual(await house.query('select i32_same from predictions.scores'), [['1']]);
});

test('a view that stands on ours is never dropped: exit code 2, with its name, before anything is written', async (t) => {
  const house = await makePublished(t);
  await house.execute(
    'create schema reports',
    'create view reports.daily as select count(*) as n from predictions.scores',
    'create materialized view reports.kept as select id from predictions.scores',
  );
  const log = 'select count(*) from scorehouse.run_log';
  const before = await house.query(log);
  retarget(house, { outputs: 'i32_same: {}' });

  for (const command of ['plan', 'run']) {
    const { code, stderr } = await house.run(command);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /recreate: reports\.daily, reports\.kept would have to go with the view/);
  }

  assert.deepEqual(await house.query(log), before);
  assert.deepEqual(await house.query('select n from reports.daily'), [['1']]);
  retarget(house, { outputs: 'f32_same: {}, i32_same: {}' });
  await publish(house);
  assert.deepEqual(await house.query('select n from reports.daily'), [['1']], 'a column more breaks nothing');
});

test('promote and rollback move the pointer, and the view follows', async (t) => {
  const house = await makePublished(t);
  for (const score of [2, 3]) {
    await house.execute(`update source set score = ${score}`);
    await publish(house);
  }
  const seen = async () => (await house.query('select f32_same from predictions.scores'))[0]?.[0];

  for (const { argv, score } of [
    { argv: ['promote', 'scores', '1'], score: '1' },
    { argv: ['rollback', 'scores'], score: '3' },
    { argv: ['rollback', 'scores', '--to', '2'], score: '2' },
  ]) {
    const { code, stderr } = await house.run(...argv);
    assert.equal(code, 0, stderr);
    assert.equal(await seen(), score);
  }

  const publishes = 'select publish_seq, version, kind from scorehouse.publishes order by publish_seq';
  assert.deepEqual(await house.query(publishes), [
    ['1', '1', 'run'],
    ['2', '2', 'run'],
    ['3', '3', 'run'],
    ['4', '1', 'promote'],
    ['5', '3', 'rollback'],
    ['6', '2', 'rollback'],
  ]);
  const control = 'select pointer, publish_seq, holder from scorehouse.control_scores';
  assert.deepEqual(await house.query(control), [['2', '6', null]]);
  const gone = await house.run('promote', 'scores', '9');
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /version 9 of scores cannot become live: there is none/);
});

test('partition_by and indexes are indexes of every version, beside that of the key', async (t) => {
  const house = await makeHouse(t, 'postgres', {
    scores: renderEcho('partition_by: note, indexes: [f32_same, [note, id]]'),
  });
  await house.execute(ECHO_SOURCE, ROW);
  await publish(house);

  const indexes = await house.query(
    `select regexp_replace(indexdef, '.* USING ', ''), case when indisunique then 'unique' end from pg_indexes
      join pg_index on indexrelid = format('%I.%I', schemaname, indexname)::regclass
      where schemaname = 'predictions'`,
  );
  assert.deepEqual(indexes.toSorted(), [
    ['btree (f32_same)', null],
    ['btree (id)', 'unique'],
    ['btree (note)', null],
    ['btree (note, id)', null],
  ]);
});

test('a role that owns its schemas and nothing else can do all of this', async (t) => {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho('keep_versions: 1') });
  await house.execute(ECHO_SOURCE, ROW);
  await runAs(t, house, 'scorer');
  for (let i = 0; i < 3; i++) await publish(house);
  retarget(house, { outputs: 'i32_same: {}' });
  await publish(house);
  const back = await house.run('rollback', 'scores');
  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual(await house.query('select f32_same from predictions.scores'), [['1']]);
});

const ROW = "insert into source values (1, 1, 1, true, 'a')";

/** A house with one published version of one row. */
async function makePublished(t: TestContext, options: EchoOptions = {}): Promise<House> {
  const house = await makeHouse(t, 'postgres', { scores: renderEcho('keep_versions: 3', options) });
  await house.execute(ECHO_SOURCE, ROW);
  await publish(house);
  return house;
}

function retarget(house: House, options: EchoOptions, write = 'keep_versions: 3'): void {
  writeTarget(house, 'scores', renderEcho(`${RECREATE}, ${write}`, options));
}

async function publish(house: House): Promise<void> {
  const { code, stdout, stderr } = await house.run('run');
  assert.equal(code, 0, stdout + stderr);
}

/** Roles that may connect and nothing else. */
async function makeRoles<N extends number>(t: TestContext, house: House, count: N) {
  const database = new URL(house.at).pathname.slice(1);
  const roles = Array.from({ length: count }, (_, i) => `reader_${i}_${database}`);
  for (const role of roles) await house.execute(`create role ${role} login password 'reader'`);
  // After their database, which holds what they were granted.
  t.after(() => execute(postgresUrl(), ...roles.map((role) => `drop role ${role}`)));
  return roles as unknown as readonly [string, string, string];
}

function urlOf({ at }: House, role: string): string {
  return Object.assign(new URL(at), { username: role, password: 'reader' }).href;
}
