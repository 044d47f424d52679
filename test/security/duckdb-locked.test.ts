import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { duckdb } from '../../adapters/duckdb/index.js';
import { isScoringError, type WarehouseAdapter } from '../../src/contract/index.js';
import { execute, NEVER, queryAll } from '../support/duckdb.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { makeHouse } from '../support/house.js';
import { makeFolder, writeProjectFile } from '../support/project.js';

const CANARY = 'canary-4711';

/** SQL of a source that reaches for what the target does not name. */
const REACHING = {
  'a file of the machine': "select 1 as id, content as note from read_text('/etc/passwd')",
  'a file by its name alone': "select * from '/etc/passwd'",
  'a list of files': "select 1 as id, file as note from glob('/etc/*')",
  'a file beside the project': "select * from read_csv('@dir/../outside.csv')",
  'a file of the project that no target names': "select * from read_csv('@dir/other.csv')",
  'a way out of the data folder': "select * from read_csv('@dir/data/../other.csv')",
  'a link out of the data folder': "select 1 as id, content as note from read_text('@dir/data/link.txt')",
  'the network': "select * from read_csv('https://127.0.0.1:1/x.csv')",
  'a bucket': "select * from read_parquet('s3://bucket/x.parquet')",
  'another database': "select * from sqlite_scan('@dir/x.db', 't')",
};

/** Statements where a SELECT belongs. */
const NO_SELECT = {
  attach: "attach '@dir/other.duckdb' as other",
  'copy to': "copy (select 1) to '@dir/data/out.csv'",
  install: 'install httpfs',
  load: 'load httpfs',
  set: 'set threads = 1',
  'create secret': "create secret (type s3, key_id 'x', secret 'y')",
  pragma: 'pragma database_list',
  insert: 'insert into source values (2, 0, 0, true, null)',
  drop: 'drop table source',
  'two statements': 'select * from source; drop table source',
  'a way out of the parentheses': 'select * from source) as x; drop table source; select * from (select 1',
};

async function makeLocked(t: TestContext, source: string) {
  const house = await makeHouse(t, 'duckdb', {});
  mkdirSync(join(house.dir, 'data'));
  writeFileSync(join(house.dir, 'other.csv'), `id,note\n1,${CANARY}\n`);
  writeFileSync(join(house.dir, 'other.txt'), CANARY);
  symlinkSync(join(house.dir, 'other.txt'), join(house.dir, 'data', 'link.txt'));
  const echo = renderEcho('').replace('{ sql: select * from source }', source.replaceAll('@dir', house.dir));
  writeProjectFile(house, 'targets/echo.yml', `name: echo\n${echo}`);
  await house.execute(ECHO_SOURCE, "insert into source values (1, 0.5, 3, true, 'n')");
  return house;
}

describe('a source query on DuckDB', () => {
  for (const [what, sql] of Object.entries({ ...REACHING, ...NO_SELECT })) {
    it(`cannot reach ${what}: exit code 2, nothing read, nothing written`, async (t) => {
      const house = await makeLocked(t, `{ sql: ${JSON.stringify(sql)} }`);
      const { code, stdout, stderr } = await house.run('check');
      assert.equal(code, 2, stdout + stderr);
      assert.match(stderr, /SOURCE_INVALID/);
      assert.doesNotMatch(stdout + stderr, new RegExp(`${CANARY}|root:`));
      assert.ok(!existsSync(join(house.dir, 'data', 'out.csv')));
      assert.ok(!existsSync(join(house.dir, 'other.duckdb')));
      assert.deepEqual(await house.query('select count(*) from source'), [['1']]);
    });
  }

  it('says which files it may read', async (t) => {
    const house = await makeLocked(t, `{ sql: ${JSON.stringify(REACHING['a file of the machine'])} }`);
    const { stderr } = await house.run('check');
    assert.match(
      stderr,
      /next: A query reads files of the project's data folder and those that source.file names/,
    );
  });

  for (const [what, source] of [
    ['the file that source.file names', '{ file: rows.csv }'],
    ['the files that its pattern names', "{ file: 'parts/*.csv' }"],
    ['a file of the data folder', '{ sql: "select * from read_csv(\'@dir/data/rows.csv\')" }'],
  ] as const) {
    it(`reads ${what}`, async (t) => {
      const house = await makeLocked(t, source);
      for (const file of ['rows.csv', 'parts/1.csv', 'data/rows.csv']) {
        writeProjectFile(house, file, 'id,score,i,b,note\n7,0.5,3,true,seven\n');
      }
      const { code, stdout, stderr } = await house.run('run');
      assert.equal(code, 0, stdout + stderr);
      assert.deepEqual(await house.query('select id, note from predictions.echo'), [['7', 'seven']]);
    });
  }
});

describe('an open DuckDB', () => {
  async function open(t: TestContext, write = true): Promise<WarehouseAdapter> {
    const dir = makeFolder(t);
    const context = { projectDir: dir, write, lockWaitMs: 0, memoryBytes: 128 * 1024 ** 2, cores: 2 };
    const adapter = await duckdb.open({ path: 'x.duckdb' }, context, NEVER);
    t.after(() => adapter.close());
    return adapter;
  }

  for (const sql of [
    "attach '/tmp/other.duckdb' as other",
    "copy (select 1) to '/tmp/out.csv'",
    "export database '/tmp/out'",
    'install httpfs',
    'load httpfs',
    'set global enable_external_access = true',
    'set global lock_configuration = false',
    "set global allowed_directories = ['/']",
    "set global allowed_configs = ['lock_configuration']",
    'set threads = 1',
    "set global temp_directory = '/tmp'",
    "create persistent secret s (type s3, key_id 'x', secret 'y')",
  ]) {
    it(`refuses ${sql}`, async (t) => {
      const adapter = await open(t);
      await assert.rejects(execute(adapter, sql), isScoringError);
    });
  }

  it('spills to its own folder', async (t) => {
    const adapter = await open(t);
    await execute(
      adapter,
      'create table big as select range as i, repeat(md5(range::varchar), 4) as s from range(1500000)',
      'create table sorted as select * from big order by s',
    );
    assert.deepEqual(await queryAll(adapter, 'select count(*) from sorted'), [[1_500_000n]]);
  });

  it('writes nothing for a query that may only read', async (t) => {
    const adapter = await open(t);
    await execute(adapter, 'create sequence counter');
    const ask = (readOnly: boolean) =>
      adapter.query({ name: 'x', sql: "select nextval('counter')" }, { maxRows: 1, readOnly, signal: NEVER });
    await assert.rejects(ask(true), /read-only/);
    assert.deepEqual((await ask(false)).rows, [[1n]]);
  });
});
