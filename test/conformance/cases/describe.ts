import assert from 'node:assert/strict';
import { type CanonicalType, renderType } from '../../../src/contract/index.js';
import type { Case } from '../case.js';
import { IDENTIFIERS } from '../corpora.js';
import { failing, SECRET } from '../failing.js';
import { NEVER, type Rig } from '../rig.js';
import type { Subject } from '../subject.js';

const INT32: CanonicalType = { kind: 'int32' };

/** Queries that would do more than read, each with what it is. */
const WRITES: Readonly<Record<string, (table: string) => string>> = {
  insert: (table) => `insert into ${table} values (2)`,
  update: (table) => `update ${table} set alive = 0`,
  delete: (table) => `delete from ${table}`,
  drop: (table) => `drop table ${table}`,
  'create-table-as': (table) => `create table made as select * from ${table}`,
  'two-statements': (table) => `select 1 as a; drop table ${table}`,
  'closing-parenthesis': (table) => `select 1 as a) as x; drop table ${table}; select * from (select 1 as a`,
  'writing-cte': (table) => `with gone as (delete from ${table} returning alive) select * from gone`,
  'insert-returning': (table) => `insert into ${table} values (2) returning alive`,
};

const WRONG: Readonly<Record<string, string>> = {
  'missing-table': 'select * from no_such_table',
  'missing-column': 'select no_such_column from (select 1 as a) as s',
  'missing-function': 'select no_such_function(1) as a',
  syntax: 'selec 1',
  empty: '',
  'open-parenthesis': 'select (1',
};

export function describeCases({ types, unknownTypes }: Subject): readonly Case[] {
  return [
    ...GENERAL,
    ...types.map(
      ({ native, setUp = [], type, inexact }): Case => ({
        id: `describe/type-${native}`,
        async run(rig) {
          await rig.execute(...setUp.map((sql) => rig.inSchema(sql)));
          await rig.execute(`create table ${rig.sql('t')} (${rig.ident('v')} ${rig.inSchema(native)})`);
          const [column] = await rig.adapter.describe(rig.query('t'), NEVER);
          assert.equal(column?.name, 'v');
          assert.deepEqual(column.type, type);
          assert.ok(column.native !== '');
          assert.equal(column.inexact, inexact);
        },
      }),
    ),
    ...unknownTypes.map(
      ({ sql, native }): Case => ({
        id: `describe/refuses-${sql}`,
        async run(rig) {
          const query = { sql: `select 1 as good, ${sql} as ${rig.ident('odd_one')}` };
          const message = new RegExp(`odd_one[^]*${native.source}`, 'i');
          await failing(rig.adapter.describe(query, NEVER), {
            code: 'SOURCE_INVALID',
            stage: 'plan',
            message,
          });
        },
      }),
    ),
    ...Object.entries(WRITES).map(
      ([name, write]): Case => ({
        id: `describe/refuses-${name}`,
        async run(rig) {
          await makeCanary(rig);
          await failing(rig.adapter.describe({ sql: write(rig.sql('canary')) }, NEVER), {
            code: 'SOURCE_INVALID',
            stage: 'plan',
          });
          await assertCanary(rig);
        },
      }),
    ),
    ...Object.entries(WRONG).map(
      ([name, sql]): Case => ({
        id: `describe/wrong-sql-${name}`,
        async run(rig) {
          await failing(rig.adapter.describe({ sql }, NEVER), { code: 'SOURCE_INVALID', stage: 'plan' });
        },
      }),
    ),
  ];
}

/** A table whose one row says that nobody wrote to it. */
export async function makeCanary(rig: Rig): Promise<void> {
  await rig.create('canary', { alive: { kind: 'int64' } });
  await rig.execute(`insert into ${rig.sql('canary')} values (1)`);
}

export async function assertCanary(rig: Rig): Promise<void> {
  assert.equal(await rig.count('canary'), 1);
  assert.equal(String((await rig.rows(`select alive from ${rig.sql('canary')}`))[0]?.[0]), '1');
}

const GENERAL: readonly Case[] = [
  {
    id: 'describe/select-order',
    async run(rig) {
      await rig.create('t', { b: { kind: 'text' }, a: { kind: 'int64' }, c: { kind: 'double' } });
      const [a, b, c, again, sum] = ['a', 'b', 'c', 'again', 'sum'].map((name) => rig.ident(name));
      const sql = `select ${c}, ${a}, ${b}, ${a} as ${again}, 1 + 1 as ${sum} from ${rig.sql('t')}`;
      const columns = await rig.adapter.describe({ sql }, NEVER);
      assert.deepEqual(
        columns.map(({ name }) => name),
        ['c', 'a', 'b', 'again', 'sum'],
      );
      assert.deepEqual(
        columns.slice(0, 4).map(({ type }) => renderType(type)),
        ['double', 'int64', 'text', 'int64'],
      );
    },
  },
  {
    id: 'describe/reads-no-rows',
    async run(rig) {
      const { type, stored } = rig.adapter.dialect;
      const sql = `select cast(case when i > 0 then '${SECRET}' else '1' end as ${type(INT32)}) as v
from (${rig.subject.series(1000)}) as s`;
      const [column] = await rig.adapter.describe({ sql }, NEVER);
      assert.deepEqual(column?.type, stored(INT32));
    },
  },
  {
    id: 'describe/odd-column-names',
    async run(rig) {
      const { dialect } = rig.adapter;
      const sql = `select ${IDENTIFIERS.map((name, i) => `${i} as ${dialect.ident(name)}`).join(', ')}`;
      const columns = await rig.adapter.describe({ sql }, NEVER);
      assert.deepEqual(
        columns.map(({ name }) => name),
        IDENTIFIERS,
      );
    },
  },
  {
    id: 'describe/query-ends-in-a-comment',
    async run(rig) {
      const columns = await rig.adapter.describe({ sql: 'select 1 as a -- the last word' }, NEVER);
      assert.equal(columns.length, 1);
    },
  },
  {
    id: 'describe/common-table-expression',
    async run(rig) {
      const sql = 'with s as (select 1 as a) select a, a as b from s order by a limit 1';
      assert.equal((await rig.adapter.describe({ sql }, NEVER)).length, 2);
    },
  },
  {
    id: 'describe/question-marks-and-dollars-are-text',
    async run(rig) {
      const sql = `select '? $1 :a {{b}}' as a`;
      assert.equal((await rig.adapter.describe({ sql }, NEVER)).length, 1);
    },
  },
  {
    id: 'describe/message-names-what-is-missing',
    async run(rig) {
      await failing(rig.adapter.describe({ sql: 'select * from no_such_table' }, NEVER), {
        message: /no_such_table/i,
      });
    },
  },
  {
    id: 'describe/abort',
    async run(rig) {
      await failing(rig.adapter.describe({ sql: 'select 1 as a' }, AbortSignal.abort()), {
        code: 'INTERRUPTED',
        stage: 'plan',
      });
    },
  },
  {
    id: 'describe/works-after-errors',
    async run(rig) {
      for (let i = 0; i < 30; i++) await failing(rig.adapter.describe({ sql: 'selec' }, NEVER), {});
      assert.equal((await rig.adapter.describe({ sql: 'select 1 as a' }, NEVER)).length, 1);
    },
  },
];
