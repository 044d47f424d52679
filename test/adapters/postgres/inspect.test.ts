import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { execute, NEVER } from '../../support/duckdb.js';
import { type OpenPostgres, openPostgres } from '../../support/open-postgres.js';
import { newDatabase, type TestDatabase } from '../../support/postgres.js';

describe('what is there', () => {
  let database: TestDatabase;
  let adapter: OpenPostgres;
  before(async () => {
    database = await newDatabase();
    adapter = await openPostgres({ url: database.url });
    await execute(
      adapter,
      'create schema s',
      'create table s.t (id bigint primary key, "Odd ""name""" numeric(5, 2), gone int, v varchar(3))',
      'alter table s.t drop gone',
      "comment on table s.t is 'scorehouse: churn'",
      'insert into s.t select i from generate_series(1, 300) as i',
      'analyze s.t',
      'create table s.fresh (id int)',
      'create table s.nested (id int, j json)',
      'create table s.p (v int, id int) partition by list (v)',
      'create table s.p1 partition of s.p for values in (1)',
      'create view s.a_view as select id from s.t',
      'create materialized view s.m_view as select id from s.t',
      'create view s.over as select * from s.a_view',
      'create view s.z_view as select v from s.p1',
      'create view s.p_view as select * from s.p',
      'create schema "Other"',
      'create view "Other"."V" as select t.id, p.v from s.t join s.p on true',
      'create view s.again as select a.id from s.t as a join s.t as b on a.id = b.id',
    );
  });
  after(async () => {
    await adapter.close();
    await database[Symbol.asyncDispose]();
  });

  const inspect = (name: string, schema = 's') => adapter.inspect({ schema, name }, NEVER);

  it('is told of a table: columns in order, stamp and rows', async () => {
    assert.deepEqual(await inspect('t'), {
      kind: 'table',
      columns: [
        { name: 'id', native: 'bigint', type: { kind: 'int64' } },
        { name: 'Odd "name"', native: 'numeric(5,2)', type: { kind: 'decimal', precision: 5, scale: 2 } },
        { name: 'v', native: 'character varying(3)', type: { kind: 'text' } },
      ],
      stamp: 'scorehouse: churn',
      rows: 300,
    });
  });

  for (const [name, kind] of [
    ['fresh', 'table'],
    ['p', 'table'],
    ['p1', 'table'],
    ['m_view', 'table'],
    ['a_view', 'view'],
  ] as const) {
    it(`${name} is a ${kind}`, async () => {
      const found = await inspect(name);
      assert.equal(found?.kind, kind);
      assert.ok((found?.columns.length ?? 0) > 0);
      assert.equal(found?.stamp, null);
    });
  }

  it('has no rows before the server has counted them', async () => {
    assert.equal((await inspect('fresh'))?.rows, undefined);
  });

  it('has no column of a type that scorehouse does not take', async () => {
    const columns = [{ name: 'id', type: { kind: 'int32' }, native: 'integer' }];
    assert.deepEqual(await inspect('nested'), { kind: 'table', columns, stamp: null });
  });

  for (const [schema, name] of [
    ['s', 'nothing'],
    ['nowhere', 't'],
    ['s', 'T'],
    ['s', "t' or true --"],
    ['s', 't_pkey'],
  ] as const) {
    it(`${schema}.${name} is not there`, async () => {
      assert.equal(await inspect(name, schema), null);
    });
  }

  it('is asked for in the database of the connection', async () => {
    const relation = { database: database.name, schema: 's', name: 't' };
    assert.equal((await adapter.inspect(relation, NEVER))?.kind, 'table');
    await assert.rejects(adapter.inspect({ ...relation, database: 'postgres' }, NEVER), {
      code: 'PLAN_INVALID',
    });
  });

  for (const [name, dependents] of [
    ['t', ['Other.V', 's.a_view', 's.again', 's.m_view']],
    ['a_view', ['s.over']],
    ['over', []],
    ['p1', ['s.z_view']],
    ['p', ['Other.V', 's.p_view', 's.z_view']],
    ['nothing', []],
  ] as const) {
    it(`${name} is read by ${dependents.join(', ') || 'nobody'}`, async () => {
      assert.deepEqual(await adapter.dependents({ schema: 's', name }, NEVER), dependents);
    });
  }
});
