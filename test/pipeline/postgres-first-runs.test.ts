import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixtureFile } from '../support/fixtures.js';
import { type House, makeHouse } from '../support/house.js';
import { execute, postgresUrl } from '../support/postgres.js';
import { writeProjectFile } from '../support/project.js';

const TARGET = `source: { sql: select * from public.source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features: { f32: { column: score }, f64: { column: score }, i32: { column: i }, i64: { column: i }, flag: { column: b }, text: { column: note } }
outputs: { f32_same: {} }
resources: { workers: 1 }
`;

async function makeSource(t: TestContext, targets: readonly string[]): Promise<House> {
  const house = await makeHouse(t, 'postgres', Object.fromEntries(targets.map((name) => [name, TARGET])));
  await house.execute(
    'create table source (id bigint, score real, i integer, b boolean, note text)',
    "insert into source values (1, 1, 1, true, 'a'), (2, 2, 2, false, 'b')",
  );
  return house;
}

test('first runs of several targets at once in an empty database each publish', async (t) => {
  const targets = ['a', 'b', 'c'];
  const house = await makeSource(t, targets);

  const runs = await Promise.all(targets.map((name) => house.run('run', name)));

  for (const { code, stdout, stderr } of runs) assert.equal(code, 0, stdout + stderr);
  const live = 'select target, live_version from scorehouse.target_status order by target';
  assert.deepEqual(
    await house.query(live),
    targets.map((name) => [name, '1']),
  );
});

test('of first runs of one target at once, one publishes and the others exit 4', async (t) => {
  const house = await makeSource(t, ['a']);

  const runs = await Promise.all([1, 2, 3].map(() => house.run('run', 'a')));

  const codes = runs.map(({ code }) => code).sort();
  assert.deepEqual(codes, [0, 4, 4], runs.map(({ stderr }) => stderr).join('\n'));
  assert.deepEqual(await house.query('select count(*) from scorehouse.publishes'), [['1']]);
});

test('a role that may make tables in the two schemas, but no schema, can run', async (t) => {
  const house = await makeSource(t, ['a']);
  const role = `scorer_${new URL(house.at).pathname.slice(1)}`;
  await house.execute(
    `create role ${role} login password 'scorer'`,
    'create schema scorehouse',
    'create schema predictions',
    `grant usage, create on schema scorehouse, predictions to ${role}`,
    `grant select on source to ${role}`,
  );
  // After its database, which holds all that it owns.
  t.after(() => execute(postgresUrl(), `drop role ${role}`));
  const url = Object.assign(new URL(house.at), { username: role, password: 'scorer' }).href;
  const entry = `type: postgres, url: ${JSON.stringify(url)}`;
  writeProjectFile(house, 'scorehouse.yml', `name: shop\nwarehouses: { dev: { ${entry} } }\n`);

  const { code, stdout, stderr } = await house.run('run', 'a');

  assert.equal(code, 0, stdout + stderr);
});
