import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { executeOn, queryOn } from '../support/duckdb.js';
import { fixtureFile } from '../support/fixtures.js';
import { makeProject, type Project, runCommand, writeProjectFile } from '../support/project.js';

const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);

function targetOf(more = ''): string {
  return `source: { table: main.input }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('linear', 'model.onnx'))} }
features: [${FEATURES.join(', ')}]
outputs: { y: { from: variable } }
${more}`;
}

/** A project with `runs` published versions of `rows` rows; `more` columns beside the key and the features. */
async function makePublished(
  t: TestContext,
  { rows = 1000, runs = 1, more = '', target = targetOf() } = {},
): Promise<Project> {
  const project = makeProject(t, { scores: target });
  const features = FEATURES.map((name, i) => `cast(i % ${i + 3} as real) as ${name}`).join(', ');
  await executeOn(
    project.database,
    `create table input as select i as id, ${features}${more} from range(${rows}) as t(i)`,
  );
  for (let i = 0; i < runs; i++) {
    const { code, stderr } = await runCommand(project, ['run']);
    assert.equal(code, 0, stderr);
  }
  return project;
}

test('a run records the hashes that the warehouse finds in its table', async (t) => {
  const project = await makePublished(t);
  const { code, stdout } = await runCommand(project, ['verify', 'scores', '--json']);
  assert.equal(code, 0);
  const { recorded, found, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  const [[run_id, rows_published, key_hash, value_hash] = []] = await queryOn(
    project.database,
    'select run_id, rows_published, key_hash, value_hash from scorehouse.runs',
  );
  assert.match(String(key_hash), /^[0-9a-f]{16}$/);
  assert.notEqual(key_hash, value_hash);
  assert.deepEqual(recorded, { rows: Number(rows_published), key_hash, value_hash });
  assert.deepEqual(found, recorded);
  assert.deepEqual(rest, {
    target: 'scores',
    version: 1,
    table: 'predictions.scores__v1',
    run_id,
    differs: [],
  });
});

test('verify shows what was recorded beside what it found', async (t) => {
  const project = await makePublished(t);
  const { code, stdout } = await runCommand(project, ['verify', 'scores']);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^scores: version 1 in predictions\.scores__v1, published by run \S+\n {10}rows {2}key hash {10}value hash\nrecorded {2}1000 {2}(\w{16}) {2}(\w{16})\nfound {5}1000 {2}\1 {2}\2\nverified\n$/,
  );
});

for (const { what, sql, says, differs } of [
  {
    what: 'a score that was changed',
    sql: 'update predictions.scores__v1 set y = y + 1 where id = 3',
    says: /: values were changed, its keys were not\n/,
    differs: ['value_hash'],
  },
  {
    what: 'a score that became NULL',
    sql: 'update predictions.scores__v1 set y = null where id = 3',
    says: /: values were changed, its keys were not\n/,
    differs: ['value_hash'],
  },
  {
    what: 'two scores that changed places',
    sql: 'update predictions.scores__v1 set y = (select y from predictions.scores__v1 as o where o.id = 7 - scores__v1.id) where id in (3, 4)',
    says: /: values were changed, its keys were not\n/,
    differs: ['value_hash'],
  },
  {
    what: 'a key that was changed',
    sql: 'update predictions.scores__v1 set id = -1 where id = 3',
    says: /: keys were changed\n/,
    differs: ['key_hash', 'value_hash'],
  },
  {
    what: 'a row that was deleted',
    sql: 'delete from predictions.scores__v1 where id = 3',
    says: /: it has 999 rows instead of 1000\n/,
    differs: ['rows', 'key_hash', 'value_hash'],
  },
  {
    what: 'a row that is there twice more',
    sql: 'insert into predictions.scores__v1 select * from predictions.scores__v1 where id = 3 union all select * from predictions.scores__v1 where id = 3',
    says: /: it has 1002 rows instead of 1000\n/,
    differs: ['rows'],
  },
]) {
  test(`verify finds ${what}: exit code 3`, async (t) => {
    const project = await makePublished(t);
    await executeOn(project.database, sql);
    const { code, stdout, stderr } = await runCommand(project, ['verify', 'scores']);
    assert.equal(code, 3);
    assert.match(stdout, /^recorded {2}1000 .*\nfound /m);
    assert.doesNotMatch(stdout, /verified/);
    assert.match(
      stderr,
      /^error VERIFY_MISMATCH \(publish\): predictions\.scores__v1 \(version 1\) is not what run /,
    );
    assert.match(stderr, says);
    const told = await runCommand(project, ['verify', 'scores', '--json']);
    assert.equal(told.code, 3);
    const { error } = JSON.parse(told.stdout) as { error: { code: string; details: { differs: unknown } } };
    assert.equal(error.code, 'VERIFY_MISMATCH');
    assert.deepEqual(error.details.differs, differs);
  });
}

test('every kept version can be verified, and an older one that became live again', async (t) => {
  const project = await makePublished(t, { runs: 2 });
  await executeOn(project.database, 'update predictions.scores__v2 set y = 0 where id = 3');
  assert.equal((await runCommand(project, ['verify', 'scores', '1'])).code, 0);
  assert.equal((await runCommand(project, ['verify', 'scores'])).code, 3);
  assert.equal((await runCommand(project, ['promote', 'scores', '1'])).code, 0);
  const { code, stdout } = await runCommand(project, ['verify', 'scores', '--json']);
  assert.equal(code, 0);
  assert.match(stdout, /"version":1,/);
  assert.equal((await runCommand(project, ['verify', 'scores', '2'])).code, 3);
});

test('the hashes are of every type, of NULLs and of several chunks', async (t) => {
  const more = `, nullif(i % 5, 0) % 2 = 0 as p0, cast(i % 120 as tinyint) as p1, case when i % 7 = 0 then null else i * 1000000007 end as p2,
    cast(i / 8 as decimal(10,2)) as p3, cast(i * 1000000007 / 64 as decimal(38,6)) as p4, case i % 4 when 0 then 'nan'::real when 1 then -0.0 else i / 3 end as p5,
    case i % 3 when 0 then 'infinity'::double when 1 then null else i / 7 end as p6, case when i % 2 = 0 then repeat('ü;', i % 90) end as p7,
    encode('b' || i) as p8, cast(md5(i::varchar) as uuid) as p9, date '2000-01-01' - cast(i as integer) as p10, time '00:00' + interval (i) millisecond as p11,
    case i % 100 when 0 then 'infinity' else timestamp '1960-01-01' + interval (i) day end as p12, timestamptz '2024-01-01 00:00:00+02' + interval (i) microsecond as p13,
    cast(i as ubigint) as p14, ('x' || i % 3)::enum('x0', 'x1', 'x2') as p15, cast(i as hugeint) as p16`;
  const passthrough = Array.from({ length: 17 }, (_, i) => `p${i}`).join(', ');
  const target = targetOf(`passthrough: [${passthrough}]\nresources: { chunk_rows: 1000, workers: 2 }\n`);
  const project = await makePublished(t, { rows: 9500, more, target });
  const { code, stderr } = await runCommand(project, ['verify', 'scores']);
  assert.equal(code, 0, stderr);
});

test('the hashes are of a key of several columns, and of passthrough columns that are features too', async (t) => {
  const target = targetOf('passthrough: [f3, f0]\n').replace('key: [id]', 'key: [k, f_id]');
  const project = await makePublished(t, {
    target,
    more: ", 'k' || (i % 10) as k, i // 10 as f_id",
    rows: 500,
  });
  const { code, stderr } = await runCommand(project, ['verify', 'scores']);
  assert.equal(code, 0, stderr);
});

test('hashes do not depend on chunks and workers', async (t) => {
  const project = await makePublished(t, { rows: 5000 });
  const target = targetOf('resources: { chunk_rows: 700, workers: 1 }\n');
  writeProjectFile(project, 'targets/scores.yml', `name: scores\n${target}`);
  assert.equal((await runCommand(project, ['run'])).code, 0);
  const hashes = await queryOn(project.database, 'select distinct key_hash, value_hash from scorehouse.runs');
  assert.equal(hashes.length, 1);
});

test('what verify cannot compare is exit code 2', async (t) => {
  const project = await makePublished(t);
  const fails = async (argv: readonly string[], says: RegExp) => {
    const { code, stderr } = await runCommand(project, argv);
    assert.equal(code, 2);
    assert.match(stderr, says);
  };
  await fails(['verify', 'scores', '7'], /scores has no version 7 to verify\n.*that can be verified: 1\./);
  writeProjectFile(project, 'targets/scores.yml', `name: scores\n${targetOf().replace('[id]', '[f0]')}`);
  await fails(['verify', 'scores'], /version 1 of scores has another key than the target: \(id\)/);
  writeProjectFile(project, 'targets/scores.yml', `name: scores\n${targetOf()}`);
  await executeOn(project.database, 'update scorehouse.run_log set key_hash = null, value_hash = null');
  await fails(['verify', 'scores'], /version 1 of scores was published before runs recorded hashes/);
});

test('verify before the first publish is exit code 2', async (t) => {
  const project = makeProject(t, { scores: targetOf() });
  await executeOn(project.database, 'create table input as select 1 as id');
  const { code, stderr } = await runCommand(project, ['verify', 'scores']);
  assert.equal(code, 2);
  assert.match(stderr, /scores has no live version/);
});

test('a version table that is gone is exit code 3', async (t) => {
  const project = await makePublished(t);
  await executeOn(project.database, 'drop view predictions.scores', 'drop table predictions.scores__v1');
  const { code, stderr } = await runCommand(project, ['verify', 'scores']);
  assert.equal(code, 3);
  assert.match(stderr, /predictions\.scores__v1, the table of version 1, is gone/);
});
