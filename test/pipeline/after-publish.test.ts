import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeOn, queryOn } from '../support/duckdb.js';
import { fixtureFile } from '../support/fixtures.js';
import { makeProject, type Project, runCommand, writeProjectFile } from '../support/project.js';

const TARGET = (source: string) => `source: { sql: ${JSON.stringify(source)} }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('linear', 'model.onnx'))} }
features: [${Array.from({ length: 20 }, (_, i) => `f${i}`).join(', ')}]
outputs: { y: { from: variable } }
write: { keep_versions: 1 }
`;
const FEATURES = Array.from({ length: 20 }, (_, i) => `cast(i % ${i + 3} as real) as f${i}`).join(', ');

async function fill({ database }: Project, rows: number): Promise<void> {
  await executeOn(database, `create table input as select i as id, ${FEATURES} from range(${rows}) as t(i)`);
}

test('a signal right after the publish leaves the new version live', async (t) => {
  const project = makeProject(t, { y: TARGET('select * from input') });
  await fill(project, 100);
  assert.equal((await runCommand(project, ['run'])).code, 0);
  assert.equal((await runCommand(project, ['run'])).code, 0);
  const controller = new AbortController();
  const { code, stdout } = await runCommand(project, ['run', '--json'], controller.signal, (text) => {
    if (text.includes('"published"')) controller.abort();
  });
  assert.equal(code, 0);
  assert.match(stdout, /"state":"published","exit_code":0,"version":3/);
  assert.deepEqual(await queryOn(project.database, 'select count(*) from predictions.y'), [[100n]]);
  assert.deepEqual(
    await queryOn(project.database, 'select state from scorehouse.versions where version = 3'),
    [['live']],
  );
});

test('an error in the middle of the source is told as what it is, not as missing rows', async (t) => {
  const bad = "select * replace (cast(case when id = 350000 then 'x' else '1' end as real) as f3) from input";
  const project = makeProject(t, { y: TARGET(bad) });
  await fill(project, 400_000);
  const { code, stderr } = await runCommand(project, ['run']);
  assert.equal(code, 1);
  assert.match(stderr, /Conversion Error/);
  assert.doesNotMatch(stderr, /'x'/);
});

test('a source that sorts for itself has the memory to do it', async (t) => {
  const project = makeProject(t, { y: TARGET('select * from input order by id') });
  await fill(project, 1_500_000);
  const { code, stderr } = await runCommand(project, ['run']);
  assert.equal(code, 0, stderr);
});

test('another view under the same target is refused, and the old one stays', async (t) => {
  const project = makeProject(t, { y: TARGET('select * from input') });
  await fill(project, 10);
  assert.equal((await runCommand(project, ['run'])).code, 0);
  const renamed = TARGET('select * from input').replace('write: {', 'write: { table: z,');
  writeProjectFile(project, 'targets/y.yml', `name: y\n${renamed}`);
  const { code, stderr } = await runCommand(project, ['run']);
  assert.equal(code, 2);
  assert.match(stderr, /write\.table is predictions\.z, but this target has published predictions\.y/);
  assert.deepEqual(await queryOn(project.database, 'select count(*) from predictions.y'), [[10n]]);
});

test('a version table that is gone does not lock its target', async (t) => {
  const project = makeProject(t, { y: TARGET('select * from input') });
  await fill(project, 10);
  assert.equal((await runCommand(project, ['run'])).code, 0);
  await executeOn(project.database, 'drop table predictions.y__v1');
  assert.equal((await runCommand(project, ['run'])).code, 0);
  assert.deepEqual(await queryOn(project.database, 'select count(*) from predictions.y'), [[10n]]);
});
