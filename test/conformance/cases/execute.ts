import assert from 'node:assert/strict';
import type { ErrorCode, Statement, WarehouseAdapter } from '../../../src/contract/index.js';
import { isScoringError } from '../../../src/contract/index.js';
import { type Case, not, type Offer } from '../case.js';
import { failing, SECRET } from '../failing.js';
import { INT64, makeTable } from '../loading.js';
import { startRead } from '../reading.js';
import { NEVER, promptly, type Rig, statement } from '../rig.js';
import { assertCanary, makeCanary } from './describe.js';

const ATOMIC_DDL: Offer = {
  what: 'DDL in a transaction',
  offeredBy: ({ capabilities }) => capabilities.atomicScope === 'ddl+dml',
};
function run(
  adapter: WarehouseAdapter,
  sqls: readonly (string | Statement)[],
  options: { readonly atomic?: boolean; readonly signal?: AbortSignal; readonly lockWaitMs?: number } = {},
) {
  const statements = sqls.map((sql) => (typeof sql === 'string' ? statement(sql) : sql));
  return adapter.execute(statements, { atomic: true, signal: NEVER, ...options });
}

const insert = (rig: Rig, values: string): string => `insert into ${rig.sql('t')} values ${values}`;

const failingInsert = (rig: Rig): string => insert(rig, `(cast('${SECRET}' as bigint))`);

function expecting(sql: string, rows: number, otherwise: ErrorCode): Statement {
  return { name: 'expecting', sql, expect: { rows, otherwise } };
}

export const executeCases: readonly Case[] = [
  {
    id: 'execute/rows-affected',
    async run(rig) {
      await makeTable(rig);
      for (const atomic of [true, false]) {
        const results = await run(
          rig.adapter,
          [
            insert(rig, '(1), (2), (3)'),
            `update ${rig.sql('t')} set i = i + 10 where i > 1`,
            `delete from ${rig.sql('t')} where i = 99`,
            `delete from ${rig.sql('t')}`,
          ],
          { atomic },
        );
        assert.deepEqual(
          results.map(({ rowsAffected }) => rowsAffected),
          [3, 2, 0, 3],
        );
      }
    },
  },
  {
    id: 'execute/nothing',
    async run(rig) {
      assert.deepEqual(await run(rig.adapter, []), []);
      assert.deepEqual(await run(rig.adapter, [], { atomic: false }), []);
    },
  },
  {
    id: 'execute/statements-see-those-before',
    async run(rig) {
      await makeTable(rig);
      const copy = `insert into ${rig.sql('t')} select i + 1 from ${rig.sql('t')}`;
      for (const atomic of [true, false]) {
        await run(rig.adapter, [`delete from ${rig.sql('t')}`, insert(rig, '(1)'), copy, copy], { atomic });
        assert.equal(await rig.count('t'), 4);
      }
    },
  },
  {
    id: 'execute/atomic-is-none-where-one-fails',
    async run(rig) {
      await makeTable(rig);
      await failing(run(rig.adapter, [insert(rig, '(1)'), failingInsert(rig)]), {
        code: 'WAREHOUSE',
        stage: 'publish',
      });
      assert.equal(await rig.count('t'), 0);
    },
  },
  {
    id: 'execute/atomic-ddl-is-undone',
    needs: ATOMIC_DDL,
    async run(rig) {
      await makeTable(rig);
      await failing(
        run(rig.adapter, [
          `create table ${rig.sql('made')} (a integer)`,
          `create view ${rig.sql('v')} as select 1 as a`,
          `drop table ${rig.sql('t')}`,
          `insert into ${rig.sql('made')} values (cast('${SECRET}' as integer))`,
        ]),
        {},
      );
      const found = await Promise.all(
        ['t', 'made', 'v'].map((name) => rig.adapter.inspect(rig.relation(name), NEVER)),
      );
      assert.deepEqual(
        found.map((each) => each?.kind ?? null),
        ['table', null, null],
      );
    },
  },
  {
    id: 'execute/atomic-ddl-and-rows-commit-together',
    needs: ATOMIC_DDL,
    async run(rig) {
      await run(rig.adapter, [
        `create table ${rig.sql('t')} (i integer)`,
        insert(rig, '(1)'),
        `create view ${rig.sql('v')} as select i from ${rig.sql('t')}`,
        insert(rig, '(2)'),
      ]);
      assert.equal(await rig.count('v'), 2);
    },
  },
  {
    id: 'execute/atomic-ddl-is-refused-before-the-first-statement',
    needs: not(ATOMIC_DDL),
    async run(rig) {
      await makeTable(rig);
      const made = `create table ${rig.sql('made')} (a integer)`;
      const statements = [insert(rig, '(1)'), { name: 'made', sql: made, ddl: true } as const];
      await failing(run(rig.adapter, statements), { code: 'CAPABILITY' });
      assert.equal(await rig.count('t'), 0);
    },
  },
  {
    id: 'execute/not-atomic-keeps-what-came-before',
    async run(rig) {
      await makeTable(rig);
      const statements = [insert(rig, '(1)'), failingInsert(rig), insert(rig, '(3)')];
      await failing(run(rig.adapter, statements, { atomic: false }), { code: 'WAREHOUSE', stage: 'publish' });
      assert.deepEqual(await rig.rows(`select cast(i as varchar(9)) from ${rig.sql('t')}`), [['1']]);
    },
  },
  {
    id: 'execute/expected-rows',
    async run(rig) {
      await makeTable(rig);
      for (const atomic of [true, false]) {
        await run(rig.adapter, [expecting(insert(rig, '(1), (2)'), 2, 'CONFLICT')], { atomic });
      }
      assert.equal(await rig.count('t'), 4);
    },
  },
  ...(['CONFLICT', 'LEASE_LOST', 'LEASE_HELD'] as const).map(
    (otherwise): Case => ({
      id: `execute/other-rows-than-expected-are-${otherwise}`,
      async run(rig) {
        await makeTable(rig);
        const statements = [insert(rig, '(1)'), expecting(insert(rig, '(2), (3)'), 1, otherwise)];
        await failing(run(rig.adapter, statements), { code: otherwise, stage: 'publish' });
        assert.equal(await rig.count('t'), 0);
      },
    }),
  ),
  {
    id: 'execute/other-rows-than-expected-roll-back-alone',
    async run(rig) {
      await makeTable(rig);
      const statements = [insert(rig, '(1)'), expecting(insert(rig, '(2), (3)'), 1, 'CONFLICT')];
      await failing(run(rig.adapter, statements, { atomic: false }), { code: 'CONFLICT', stage: 'publish' });
      assert.equal(await rig.count('t'), 1);
    },
  },
  {
    id: 'execute/compare-and-swap-has-one-winner',
    async run(rig) {
      await rig.create('t', { n: INT64, epoch: INT64 });
      await rig.execute(insert(rig, '(0, 1)'));
      const beside = await rig.beside();
      const swap = expecting(
        `update ${rig.sql('t')} set n = n + 1, epoch = epoch where n = 0`,
        1,
        'LEASE_LOST',
      );
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => run(i % 2 === 0 ? rig.adapter : beside, [swap])),
      );
      const losses = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      assert.equal(losses.length, 7);
      for (const loss of losses) {
        assert.ok(isScoringError(loss));
        assert.ok(loss.code === 'LEASE_LOST' || (loss.code === 'CONFLICT' && loss.retryable), String(loss));
      }
      const [row] = await rig.rows(`select n from ${rig.sql('t')}`);
      assert.equal(Number(row?.[0]), 1);
    },
  },
  {
    id: 'execute/no-reader-sees-half',
    async run(rig) {
      await makeTable(rig);
      await makeTable(rig, 'u');
      const beside = await rig.beside();
      const both = `select (select count(*) from ${rig.sql('t')}), (select count(*) from ${rig.sql('u')})`;
      const seen = new Set<string>();
      let done = false;
      const poll = async () => {
        while (!done) {
          const { rows } = await beside.query(statement(both), { maxRows: 1, signal: NEVER });
          seen.add(String(rows[0]?.map(Number)));
        }
      };
      const polling = poll();
      const slow = `insert into ${rig.sql('u')} ${rig.subject.series(300_000)}`;
      await run(rig.adapter, [insert(rig, '(1)'), slow]).finally(() => {
        done = true;
      });
      await polling;
      for (const each of seen) assert.ok(each === '0,0' || each === '1,300000', each);
    },
  },
  {
    id: 'execute/a-semicolon-in-a-literal-is-text',
    async run(rig) {
      await rig.create('t', { v: { kind: 'text' } });
      const texts = ['a;b', '; -- ', "'; select 1"].map((text) => `(${rig.literal({ kind: 'text' }, text)})`);
      await run(rig.adapter, [insert(rig, texts.join(', '))]);
      assert.equal(await rig.count('t'), 3);
    },
  },
  {
    id: 'execute/question-marks-and-dollars-are-text',
    async run(rig) {
      await rig.create('t', { v: { kind: 'text' } });
      await run(rig.adapter, [insert(rig, `('? ?? $1 :a {{b}}')`)]);
      assert.deepEqual(await rig.rows(`select v from ${rig.sql('t')}`), [['? ?? $1 :a {{b}}']]);
    },
  },
  ...[true, false].map(
    (atomic): Case => ({
      id: `execute/refuses-two-statements-in-one-${atomic ? 'atomic' : 'not-atomic'}`,
      async run(rig) {
        await makeCanary(rig);
        await makeTable(rig);
        const two = `${insert(rig, '(1)')}; drop table ${rig.sql('canary')}`;
        await failing(run(rig.adapter, [two], { atomic }), { stage: 'publish' });
        await assertCanary(rig);
        assert.equal(await rig.count('t'), 0);
      },
    }),
  ),
  {
    id: 'execute/a-constraint',
    async run(rig) {
      const { dialect } = rig.adapter;
      const text = dialect.type({ kind: 'text' });
      await rig.execute(
        `create table ${rig.sql('t')} (k ${dialect.type(INT64)} primary key, v ${text} not null)`,
      );
      await run(rig.adapter, [insert(rig, `(1, '${SECRET}')`)]);
      const twice = run(rig.adapter, [insert(rig, `(2, 'x'), (1, '${SECRET}')`)]);
      await failing(twice, { code: 'CONSTRAINT', stage: 'publish' });
      await failing(run(rig.adapter, [insert(rig, '(3, null)')]), { code: 'CONSTRAINT', stage: 'publish' });
      assert.equal(await rig.count('t'), 1);
    },
  },
  {
    id: 'execute/a-unique-text-is-not-told',
    async run(rig) {
      await rig.execute(
        `create table ${rig.sql('t')} (v ${rig.adapter.dialect.type({ kind: 'text' })} primary key)`,
      );
      await run(rig.adapter, [insert(rig, `('${SECRET}')`)]);
      await failing(run(rig.adapter, [insert(rig, `('${SECRET}')`)]), { code: 'CONSTRAINT' });
    },
  },
  {
    id: 'execute/wrong-sql-names-its-statement',
    async run(rig) {
      await makeTable(rig);
      const wrong = { name: 'publish/odd_one', sql: `insrt into ${rig.sql('t')} values ('${SECRET}')` };
      await failing(run(rig.adapter, [wrong]), { code: 'WAREHOUSE', message: /publish\/odd_one/ });
      const missing = { name: 'publish/odd_two', sql: `update no_such_table set a = '${SECRET}'` };
      await failing(run(rig.adapter, [missing]), { code: 'WAREHOUSE', message: /publish\/odd_two/ });
      await failing(run(rig.adapter, [failingInsert(rig)]), { code: 'WAREHOUSE' });
    },
  },
  {
    id: 'execute/abort-before',
    async run(rig) {
      await makeTable(rig);
      for (const atomic of [true, false]) {
        const aborted = run(rig.adapter, [insert(rig, '(1)')], { atomic, signal: AbortSignal.abort() });
        await failing(aborted, { code: 'INTERRUPTED', stage: 'publish' });
      }
      assert.equal(await rig.count('t'), 0);
    },
  },
  {
    id: 'execute/abort-while-the-warehouse-computes',
    async run(rig) {
      await makeTable(rig);
      const endless = `insert into ${rig.sql('t')} select a.i from (${rig.subject.series(1_000_000)}) as a
cross join (${rig.subject.series(1_000_000)}) as b where a.i + b.i < 0`;
      for (const atomic of [true, false]) {
        const signal = AbortSignal.timeout(300);
        const aborted = run(rig.adapter, [insert(rig, '(1)'), endless], { atomic, signal });
        await failing(aborted, { code: 'INTERRUPTED', stage: 'publish' });
        assert.equal(await rig.count('t'), atomic ? 0 : 1);
      }
    },
  },
  {
    id: 'execute/works-after-failures',
    async run(rig) {
      await makeTable(rig);
      for (let i = 0; i < 40; i++) {
        await failing(
          run(rig.adapter, [insert(rig, '(1)'), failingInsert(rig)], { atomic: i % 2 === 0 }),
          {},
        );
      }
      await run(rig.adapter, [`delete from ${rig.sql('t')}`, insert(rig, '(1)')]);
      assert.equal(await rig.count('t'), 1);
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
  ...[true, false].map(
    (atomic): Case => ({
      id: `execute/a-wait-for-a-lock-ends-${atomic ? 'atomic' : 'not-atomic'}`,
      async run(rig) {
        const rows = 60_000;
        await rig.execute(
          `create table ${rig.sql('t')} as select i, repeat('x', 500) as v from (${rig.subject.series(rows)}) as s`,
        );
        const beside = await rig.beside();
        const reading = (await startRead(beside, rig.query('t'), { chunkRows: 1000 }))[
          Symbol.asyncIterator
        ]();
        let read = (await reading.next()).value?.rows ?? 0;
        const change = run(rig.adapter, [`alter table ${rig.sql('t')} add column w integer`], {
          atomic,
          lockWaitMs: 300,
        });
        const error = await promptly(change, 'the change').then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) {
          assert.ok(isScoringError(error) && error.code === 'TIMEOUT' && error.retryable, String(error));
        }
        for (let next = await reading.next(); next.done !== true; next = await reading.next()) {
          read += next.value.rows;
        }
        assert.equal(read, rows, 'the reader lost rows');
        await run(rig.adapter, [`alter table ${rig.sql('t')} add column z integer`], {
          atomic,
          lockWaitMs: 300,
        });
      },
    }),
  ),
];
