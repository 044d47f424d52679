import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { canListSources, type SourcingAdapter } from '../../../src/contract/index.js';
import { execute, NEVER } from '../../support/duckdb.js';
import { openPostgres } from '../../support/open-postgres.js';
import { newDatabase, queryValue, type TestDatabase } from '../../support/postgres.js';

const CASES = [
  { what: 'a table', sql: 'select * from s.t', reads: ['s.t'] },
  {
    what: 'tables of subqueries and CTEs',
    sql: 'with a as (select id from s.t) select id from a where id in (select v from s.p)',
    reads: ['s.p', 's.t'],
  },
  { what: 'the parent of partitions alone', sql: 'select * from s.p', reads: ['s.p'] },
  { what: 'a view, not what it reads', sql: 'select * from s.over', reads: ['s.over'] },
  { what: 'a materialized view', sql: 'select * from s.m_view', reads: ['s.m_view'] },
  {
    what: 'nothing of the server’s own',
    sql: 'select c.relname from pg_class as c, information_schema.tables',
    reads: [],
  },
  { what: 'a query with a comment at its end', sql: 'select 1 as one from s.t -- all', reads: ['s.t'] },
] as const;

describe('what a query reads', () => {
  let database: TestDatabase;
  let adapter: SourcingAdapter;

  before(async () => {
    database = await newDatabase();
    const opened = await openPostgres({ url: database.url });
    assert.ok(canListSources(opened));
    adapter = opened;
    await execute(
      adapter,
      'create schema s',
      'create table s.t (id int)',
      'create table s.p (v int) partition by list (v)',
      'create table s.p1 partition of s.p for values in (1)',
      'create view s.a_view as select id from s.t',
      'create view s.over as select * from s.a_view',
      'create materialized view s.m_view as select id from s.t',
    );
  });

  after(async () => {
    await adapter.close();
    await database[Symbol.asyncDispose]();
  });

  const read = async (sql: string) =>
    (await adapter.sources({ sql }, NEVER)).map(({ schema, name }) => `${schema}.${name}`);

  for (const { what, sql, reads } of CASES) {
    it(`is ${what}`, async () => {
      assert.deepEqual(await read(sql), reads);
      // Prepared under a name: the connection takes the next one all the same.
      assert.deepEqual(await read(sql), reads);
    });
  }

  it('is also what a view reads that asks whoever reads it', async (t) => {
    const version = Number(await queryValue(database.url, 'show server_version_num'));
    if (version < 150_000) return t.skip('only from 15 on');
    await execute(adapter, 'create view s.asking with (security_invoker = on) as select id from s.t');
    assert.deepEqual(await read('select * from s.asking'), ['s.asking', 's.t']);
  });

  it('is one statement’s: a second one is refused, and does nothing', async () => {
    await assert.rejects(read('select 1 as one) as source; drop table s.t; select * from (select 1 as one'), {
      code: 'SOURCE_INVALID',
    });
    assert.deepEqual(await read('select * from s.t'), ['s.t']);
  });
});
