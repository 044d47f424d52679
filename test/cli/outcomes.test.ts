import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dumpWarehouse, holdFile, querySql, runSql } from '../support/cli-harness.js';
import { DATABASE, makePenguins, renderTarget } from '../support/penguins.js';

const LIVE = 'select count(*), max(_model_version) from predictions.species';

describe('a locked DuckDB file', () => {
  it('ends a run at once: exit code 4, with who to look for', async () => {
    await using project = await makePenguins();
    const before = await dumpWarehouse(project.path(DATABASE));
    {
      await using _holder = await holdFile(project.path(DATABASE));
      const result = await project.run(['run']);
      assert.equal(result.exitCode, 4, result.text);
      assert.match(result.text, /LEASE_HELD.*\n.*next: Another process has the DuckDB file open/s);
    }
    assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);
  });

  it('is waited for by status, which then ends with 4', async () => {
    await using project = await makePenguins();
    await using _holder = await holdFile(project.path(DATABASE));
    const start = performance.now();
    const result = await project.run(['status']);
    assert.equal(result.exitCode, 4, result.text);
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds > 9 && seconds < 30, `waited ${seconds} s`);
  });

  it('is read by status as soon as the other process lets go', async () => {
    await using project = await makePenguins();
    const holder = await holdFile(project.path(DATABASE));
    const result = project.run(['status']);
    await sleep(300);
    await holder[Symbol.asyncDispose]();
    assert.equal((await result).exitCode, 0, (await result).text);
  });
});

describe('an empty input', () => {
  it('is published as an empty version under allow_empty', async () => {
    await using project = await makePenguins({
      target: { allow_empty: 'true' },
      sql: ['delete from penguins'],
    });
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 0, result.text);
    assert.deepEqual(await querySql(project.path(DATABASE), LIVE), [['0', null]]);
  });

  it('replaces what was live under allow_empty', async () => {
    await using project = await makePenguins({ target: { allow_empty: 'true' } });
    assert.equal((await project.run(['run'])).exitCode, 0);
    await runSql(project.path(DATABASE), ['delete from penguins']);
    assert.equal((await project.run(['run'])).exitCode, 0);
    assert.deepEqual(await querySql(project.path(DATABASE), LIVE), [['0', null]]);
  });
});

describe('a change of columns', () => {
  const fewer = { outputs: '{ p0: { from: probabilities, class: 0 } }' };

  it('is refused: exit code 2, readers keep what they had', async () => {
    await using project = await makePenguins();
    assert.equal((await project.run(['run'])).exitCode, 0);
    await project.write({ 'targets/species.yml': renderTarget(fewer) });
    const before = await dumpWarehouse(project.path(DATABASE));
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /column 6 of the predictions would change from "label" int64 to "p0" float/);
    assert.match(result.text, /next: .*on_column_change: recreate/);
    assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);
  });

  it('is made under on_column_change: recreate', async () => {
    await using project = await makePenguins();
    assert.equal((await project.run(['run'])).exitCode, 0);
    const write = '{ table: species, on_column_change: recreate }';
    await project.write({ 'targets/species.yml': renderTarget({ ...fewer, write }) });
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 0, result.text);
    const columns = await querySql(project.path(DATABASE), 'describe predictions.species');
    assert.deepEqual(columns.map(([name]) => name).slice(3), ['id', 'note', 'p0']);
  });

  it('tells of views that read ours: here nothing keeps them from breaking', async () => {
    await using project = await makePenguins();
    assert.equal((await project.run(['run'])).exitCode, 0);
    await runSql(project.path(DATABASE), ['create view daily as select label from predictions.species']);
    const write = '{ table: species, on_column_change: recreate }';
    await project.write({ 'targets/species.yml': renderTarget({ ...fewer, write }) });
    for (const command of ['plan', 'run']) {
      const result = await project.run([command]);
      assert.equal(result.exitCode, 0, result.text);
      assert.match(result.stderr, /the columns of predictions\.species change, and main\.daily may read it/);
    }
  });

  it('is allowed where it only appends', async () => {
    await using project = await makePenguins({ target: fewer });
    assert.equal((await project.run(['run'])).exitCode, 0);
    const outputs = '{ p0: { from: probabilities, class: 0 }, label: { from: label } }';
    await project.write({ 'targets/species.yml': renderTarget({ outputs }) });
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 0, result.text);
  });
});

describe('a view that was replaced by a person', () => {
  for (const argv of [['rollback', 'species'], ['promote', 'species', '1'], ['run']]) {
    it(`is not touched by ${argv[0]}: exit code 6`, async () => {
      await using project = await makePenguins();
      assert.equal((await project.run(['run'])).exitCode, 0);
      assert.equal((await project.run(['run'])).exitCode, 0);
      await runSql(project.path(DATABASE), [
        'create or replace view predictions.species as select 42 as answer',
      ]);
      const before = await dumpWarehouse(project.path(DATABASE));
      const result = await project.run(argv);
      assert.equal(result.exitCode, 6, result.text);
      assert.match(result.text, /exists and is not scorehouse's view of species/);
      assert.deepEqual((await dumpWarehouse(project.path(DATABASE))).published, before.published);
    });
  }
});

describe('several targets', () => {
  const target = (name: string, keys: Readonly<Record<string, string>> = {}) => ({
    [`targets/${name}.yml`]: renderTarget({ name, ...keys }),
  });
  const refused = target('refused', { source: '{ sql: "select * from main.penguins where false" }' });
  const broken = target('broken', { model: '{ uri: models/gone.onnx }' });
  const foreign = target('foreign');
  const sql = ['create schema predictions', 'create table predictions.foreign as select 42 as answer'];
  const good = { target: {} };

  for (const { what, files, exit } of [
    { what: 'a refused one: 3', files: refused, exit: 3 },
    { what: 'a refused and a broken one: 2', files: { ...refused, ...broken }, exit: 2 },
    {
      what: 'a refused, a broken and a forbidden one: 6',
      files: { ...refused, ...broken, ...foreign },
      exit: 6,
    },
  ]) {
    it(`the good one is published beside ${what}`, async () => {
      await using project = await makePenguins({ ...good, files, sql });
      const result = await project.run(['run']);
      assert.equal(result.exitCode, exit, result.text);
      const [row] = await querySql(project.path(DATABASE), LIVE);
      assert.equal(row?.[0], '5');
    });
  }

  it('a broken file stops all of them before anything is written', async () => {
    await using project = await makePenguins({ files: { 'targets/broken.yml': 'name: [' } });
    const before = await dumpWarehouse(project.path(DATABASE));
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);
  });

  it('a stopped run starts none of them: exit code 130', async () => {
    await using project = await makePenguins({ files: { ...refused } });
    const before = await dumpWarehouse(project.path(DATABASE));
    const result = await project.run(['run'], { signal: AbortSignal.abort() });
    assert.equal(result.exitCode, 130, result.text);
    assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);
  });
});
