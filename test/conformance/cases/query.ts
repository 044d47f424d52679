import assert from 'node:assert/strict';
import type { CanonicalType, QueryOptions, SmallResult, SmallValue } from '../../../src/contract/index.js';
import type { Case } from '../case.js';
import { BYTE_ORDER_MARK, TEXTS } from '../corpora.js';
import { failing, SECRET } from '../failing.js';
import { makeTable } from '../loading.js';
import { NEVER, promptly, type Rig, statement } from '../rig.js';
import { assertCanary, makeCanary } from './describe.js';

function query(rig: Rig, sql: string, options: Partial<QueryOptions> = {}): Promise<SmallResult> {
  return rig.adapter.query(statement(sql), { maxRows: 100, signal: NEVER, ...options });
}

/** Values and what a small result must hold for them: numbers without loss, text in its canonical form. */
const VALUES: readonly (readonly [name: string, type: CanonicalType, text: string, value: SmallValue])[] = [
  ['bool', { kind: 'bool' }, 'true', true],
  ['int32', { kind: 'int32' }, '-2147483648', -2_147_483_648n],
  ['int64', { kind: 'int64' }, '-9223372036854775808', -(2n ** 63n)],
  ['int64-beyond-double', { kind: 'int64' }, '9007199254740993', 9_007_199_254_740_993n],
  ['double', { kind: 'double' }, '0.30000000000000004', 0.1 + 0.2],
  ['double-nan', { kind: 'double' }, 'NaN', Number.NaN],
  ['double-infinity', { kind: 'double' }, '-Infinity', Number.NEGATIVE_INFINITY],
  ['double-denormal', { kind: 'double' }, '5e-324', 5e-324],
  ['float', { kind: 'float' }, '0.10000000149011612', Math.fround(0.1)],
  ['decimal', { kind: 'decimal', precision: 38, scale: 10 }, '-12345.6789012345', '-12345.6789012345'],
  ['decimal-10-2', { kind: 'decimal', precision: 10, scale: 2 }, '1.10', '1.10'],
  ['text', { kind: 'text' }, "it's 😀", "it's 😀"],
  ['uuid', { kind: 'uuid' }, '01234567-89ab-cdef-0123-456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'],
  ['date', { kind: 'date' }, '2024-02-29', '2024-02-29'],
  ['time', { kind: 'time' }, '12:34:56.789012', '12:34:56.789012'],
  [
    'timestamp',
    { kind: 'timestamp', zoned: false },
    '2024-02-29 12:34:56.789012',
    '2024-02-29 12:34:56.789012',
  ],
];

export const queryCases: readonly Case[] = [
  ...VALUES.map(
    ([name, type, text, value]): Case => ({
      id: `query/value-${name}`,
      async run(rig) {
        const { rows } = await query(rig, `select ${rig.literal(type, text)} as v`);
        assert.deepEqual(rows, [[value]]);
      },
    }),
  ),
  {
    id: 'query/value-timestamptz',
    async run(rig) {
      const text = '2024-02-29 12:34:56.789012+00:00';
      const { rows } = await query(
        rig,
        `select ${rig.literal({ kind: 'timestamp', zoned: true }, text)} as v`,
      );
      assert.match(String(rows[0]?.[0]), /^2024-02-29 12:34:56\.789012\+00(:00)?$/);
    },
  },
  {
    id: 'query/value-null',
    async run(rig) {
      const { rows } = await query(rig, 'select null as a, cast(null as bigint) as b, 1 as c');
      assert.deepEqual(
        rows[0]?.map((value) => value === null),
        [true, true, false],
      );
    },
  },
  {
    id: 'query/count-is-a-bigint',
    async run(rig) {
      await makeTable(rig);
      const { rows } = await query(rig, `select count(*), coalesce(max(i), 0) from ${rig.sql('t')}`);
      assert.deepEqual(rows, [[0n, 0n]]);
    },
  },
  {
    id: 'query/texts-to-the-byte',
    async run(rig) {
      for (const text of Object.values(TEXTS)) {
        const { rows } = await query(rig, `select ${rig.literal({ kind: 'text' }, text)} as v`);
        assert.deepEqual(rows, [[text]]);
      }
    },
  },
  {
    id: 'query/byte-order-mark',
    async run(rig) {
      const { rows } = await query(rig, `select ${rig.literal({ kind: 'text' }, BYTE_ORDER_MARK)} as v`);
      assert.deepEqual(rows, [[BYTE_ORDER_MARK]]);
    },
  },
  {
    id: 'query/names-of-columns',
    async run(rig) {
      const { ident } = rig.adapter.dialect;
      const sql = `select 1 as ${ident('B')}, 2 as ${ident('a')}, 3 as ${ident('__proto__')} where 1 = 0`;
      assert.deepEqual(await query(rig, sql), { columns: ['B', 'a', '__proto__'], rows: [] });
    },
  },
  {
    id: 'query/columns-of-one-name-are-both-there',
    async run(rig) {
      const { columns, rows } = await query(rig, `select 'a' as v, 'b' as v`);
      assert.equal(columns.length, 2);
      assert.deepEqual(rows, [['a', 'b']]);
    },
  },
  {
    id: 'query/just-the-most-rows',
    async run(rig) {
      const { rows } = await query(rig, rig.subject.series(7), { maxRows: 7 });
      assert.equal(rows.length, 7);
      assert.deepEqual((await query(rig, 'select 1 as a where 1 = 0', { maxRows: 0 })).rows, []);
    },
  },
  {
    id: 'query/more-rows-than-the-most-are-an-error',
    async run(rig) {
      for (const [rows, maxRows] of [
        [1, 0],
        [8, 7],
        [5000, 10],
        [1_000_000, 10],
      ] as const) {
        await failing(query(rig, rig.subject.series(rows), { maxRows }), { code: 'INVARIANT' });
      }
      assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
    },
  },
  {
    id: 'query/errors-tell-their-stage',
    async run(rig) {
      const sql = 'select * from no_such_table';
      await failing(query(rig, sql), { code: 'WAREHOUSE', stage: 'ledger', message: /no_such_table/i });
      await failing(query(rig, sql, { stage: 'gate' }), { code: 'WAREHOUSE', stage: 'gate' });
      await failing(query(rig, sql, { stage: 'plan' }), { code: 'SOURCE_INVALID', stage: 'plan' });
      await failing(query(rig, rig.subject.series(2), { maxRows: 1, stage: 'gate' }), { stage: 'gate' });
    },
  },
  {
    id: 'query/errors-tell-no-value',
    async run(rig) {
      for (const value of [
        SECRET,
        `it''s ${SECRET}`,
        `"${SECRET}"`,
        `a: ${SECRET}`,
        `\n${SECRET}`,
        `(${SECRET})`,
      ]) {
        for (const type of ['integer', 'bigint', 'date', 'timestamp', 'decimal(10, 2)', 'uuid', 'boolean']) {
          await failing(query(rig, `select cast('${value}' as ${type})`), {});
        }
        await failing(query(rig, `select no_such_function('${value}')`), {});
        await failing(query(rig, `selec '${value}'`), {});
        await failing(query(rig, `select '${value}' from`), {});
      }
    },
  },
  {
    id: 'query/refuses-two-statements',
    async run(rig) {
      await makeCanary(rig);
      await failing(query(rig, `select 1 as a; drop table ${rig.sql('canary')}`), {});
      await assertCanary(rig);
    },
  },
  {
    id: 'query/abort-before',
    async run(rig) {
      const aborted = query(rig, 'select 1', { signal: AbortSignal.abort() });
      await failing(aborted, { code: 'INTERRUPTED', stage: 'ledger' });
    },
  },
  {
    id: 'query/abort-while-the-warehouse-computes',
    async run(rig) {
      const sql = `select count(*) from (${rig.subject.series(1_000_000)}) as a
cross join (${rig.subject.series(1_000_000)}) as b where a.i + b.i < 0`;
      const aborted = query(rig, sql, { signal: AbortSignal.timeout(300), stage: 'gate' });
      await failing(aborted, { code: 'INTERRUPTED', stage: 'gate' });
      assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
    },
  },
  {
    id: 'query/abort-at-once',
    async run(rig) {
      const sql = `select count(*) from (${rig.subject.series(1_000_000)}) as a
cross join (${rig.subject.series(1_000_000)}) as b where a.i + b.i < 0`;
      for (const turns of [0, 1, 2, 5]) {
        const abort = new AbortController();
        const aborted = query(rig, sql, { signal: abort.signal });
        for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
        abort.abort();
        await failing(aborted, { code: 'INTERRUPTED', stage: 'ledger' });
      }
    },
  },
  {
    id: 'query/a-signal-that-fires-later-changes-nothing',
    async run(rig) {
      const abort = new AbortController();
      await query(rig, 'select 1', { signal: abort.signal });
      const beside = query(rig, `select count(*) from (${rig.subject.series(1_000_000)}) as s`);
      abort.abort();
      assert.equal(Number((await beside).rows[0]?.[0]), 1_000_000);
    },
  },
  {
    id: 'query/many-at-the-same-time',
    async run(rig) {
      const asked = Array.from({ length: 100 }, (_, i) => query(rig, `select '${i}' as v`));
      const answers = await promptly(Promise.all(asked), '100 queries');
      assert.deepEqual(
        answers.map(({ rows }) => rows[0]?.[0]),
        asked.map((_, i) => String(i)),
      );
    },
  },
  {
    id: 'query/works-after-errors',
    async run(rig) {
      for (let i = 0; i < 40; i++) await failing(query(rig, 'select * from no_such_table'), {});
      assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
];
