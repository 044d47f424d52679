import assert from 'node:assert/strict';
import {
  BufferPool,
  buffersOf,
  type CanonicalType,
  isVariable,
  isWide,
  newValues,
  type Vector,
} from '../../../src/contract/index.js';
import type { Case } from '../case.js';
import {
  BYTE_ORDER_MARK,
  CORPORA,
  type Corpus,
  FAR_CORPORA,
  IDENTIFIERS,
  TEXTS,
  UNORDERED_CORPORA,
} from '../corpora.js';
import { readBatches, readColumn, readTexts, startRead, type Text, toTexts } from '../reading.js';
import { NEVER, type Rig } from '../rig.js';
import type { Subject } from '../subject.js';

const ALL_CORPORA = [...CORPORA, ...UNORDERED_CORPORA, ...FAR_CORPORA];

export function readCases({ types }: Subject): readonly Case[] {
  return [
    ...types.map(
      ({ native, setUp = [], values }): Case => ({
        id: `read/type-${native}`,
        async run(rig) {
          await rig.execute(...setUp.map((sql) => rig.inSchema(sql)));
          await rig.execute(`create table ${rig.sql('t')} (n integer, v ${rig.inSchema(native)})`);
          const rows = [...values.map(([sql]) => sql), 'null'].map((sql, i) => `(${i}, ${sql})`);
          await rig.execute(`insert into ${rig.sql('t')} values ${rows.join(', ')}`);
          const read = await readTexts(rig.adapter, rig.query('t'));
          assert.deepEqual(
            byNumber(read).map(([, text]) => text),
            [...values.map(([, text]) => text), null],
          );
        },
      }),
    ),
    ...ALL_CORPORA.map(
      (corpus): Case => ({
        id: `read/exact-${corpus.name}`,
        async run(rig) {
          await insertCorpus(rig, corpus);
          const batches = await readBatches(rig.adapter, rig.query('t'), { chunkRows: 3 });
          for (const { rows, columns } of batches)
            assertLayout(columns[1], rows, rig.adapter.dialect.stored(corpus.type));
          assert.deepEqual(
            byNumber(batches.flatMap(toTexts)).map(([, text]) => text),
            [...corpus.texts, null],
          );
        },
      }),
    ),
    ...BATCHES,
    ...QUERIES,
  ];
}

/** Rows `n`, `v` with the corpus' values and a NULL. */
async function insertCorpus(rig: Rig, { type, texts }: Corpus): Promise<void> {
  const types: readonly CanonicalType[] = [{ kind: 'int32' }, type];
  await rig.create('t', { n: { kind: 'int32' }, v: type });
  await rig.insert(
    't',
    types,
    [...texts, null].map((text, i) => [String(i), text]),
  );
}

/** The arrays are those that the contract's table of vectors names. */
function assertLayout(vector: Vector | undefined, rows: number, type: CanonicalType): void {
  assert.ok(vector !== undefined);
  assert.deepEqual(vector.type, type);
  assert.equal(vector.length, rows);
  assert.equal(vector.values.constructor, newValues(type, 0).constructor);
  if (isVariable(type)) assert.equal(vector.offsets?.length, rows + 1);
  else assert.ok(vector.values.length >= rows * (isWide(type) ? 2 : 1));
  if (vector.validity !== null) assert.ok(vector.validity.length * 8 >= rows);
}

function byNumber(rows: readonly (readonly Text[])[]): readonly (readonly Text[])[] {
  return rows.toSorted(([a], [b]) => Number(a) - Number(b));
}

const counting = (texts: readonly Text[]): readonly number[] => texts.map(Number).sort((a, b) => a - b);
const upTo = (rows: number): readonly number[] => Array.from({ length: rows }, (_, i) => i + 1);

const BATCHES: readonly Case[] = [
  ...[1, 7, 1000, 2048, 100_000].map(
    (chunkRows): Case => ({
      id: `read/batches-of-${chunkRows}`,
      async run(rig) {
        const rows = chunkRows === 1 ? 50 : 5000;
        const batches = await readBatches(rig.adapter, { sql: rig.subject.series(rows) }, { chunkRows });
        const sizes = batches.map((batch) => batch.rows);
        const full = Math.floor(rows / chunkRows);
        const expected = Array.from({ length: full }, () => chunkRows);
        assert.deepEqual(sizes, rows % chunkRows === 0 ? expected : [...expected, rows % chunkRows]);
        assert.deepEqual(counting(batches.flatMap(toTexts).map(([text]) => text as Text)), upTo(rows));
      },
    }),
  ),
  {
    id: 'read/no-overlap',
    async run(rig) {
      const rows = 300_000;
      const seen = new Uint8Array(rows + 1);
      for await (const { rows, columns } of await startRead(rig.adapter, {
        sql: rig.subject.series(300_000),
      })) {
        for (let row = 0; row < rows; row++) {
          const i = Number(columns[0]?.values[row]);
          seen[i] = (seen[i] as number) + 1;
        }
      }
      assert.ok(seen.subarray(1).every((count) => count === 1));
    },
  },
  {
    id: 'read/no-rows',
    async run(rig) {
      assert.deepEqual(await readTexts(rig.adapter, { sql: 'select 1 as a where 1 = 0' }), []);
    },
  },
  {
    id: 'read/nulls-across-batches',
    async run(rig) {
      const sql = `select i, case when i % 3 = 0 then null else i end as third,
case when i % 7 = 0 then null else cast(i as varchar(10)) end as text, cast(null as bigint) as none, i + 1 as every_one
from (${rig.subject.series(5000)}) as s`;
      const read = await readTexts(rig.adapter, { sql }, { chunkRows: 999 });
      const expected = upTo(5000).map((i) => {
        return [i, i % 3 === 0 ? null : i, i % 7 === 0 ? null : i, null, i + 1].map((value) =>
          value === null ? null : String(value),
        );
      });
      assert.deepEqual(byNumber(read), expected);
    },
  },
  {
    id: 'read/batches-kept-stay-as-they-were',
    async run(rig) {
      const sql = `select i, cast(i as varchar(20)) as text from (${rig.subject.series(20_000)}) as s`;
      const kept = await readBatches(rig.adapter, { sql }, { chunkRows: 1000 });
      for (const [i, text] of kept.flatMap(toTexts)) assert.equal(i, text);
    },
  },
  {
    id: 'read/memory-given-back-is-used-again',
    async run(rig) {
      const sql = `select i, cast(i as varchar(20)) as text, case when i % 2 = 0 then i end as even
from (${rig.subject.series(20_000)}) as s`;
      const buffers = new BufferPool();
      const seen: Text[] = [];
      for await (const batch of await startRead(rig.adapter, { sql }, { chunkRows: 1000, buffers })) {
        for (const [i, text, even] of toTexts(batch)) {
          assert.equal(i, text);
          assert.equal(even, Number(i) % 2 === 0 ? i : null);
          seen.push(i as Text);
        }
        buffers.give(batch.columns.flatMap(buffersOf));
      }
      assert.deepEqual(counting(seen), upTo(20_000));
    },
  },
  {
    id: 'read/columns-share-no-memory',
    async run(rig) {
      const sql = `select i, i as again, cast(i as varchar(20)) as a, cast(i as varchar(20)) as b,
case when i % 2 = 0 then i end as even, i > 5 as flag from (${rig.subject.series(3000)}) as s`;
      const batches = await readBatches(rig.adapter, { sql }, { chunkRows: 1000 });
      const buffers = batches.flatMap(({ columns }) => columns.map(buffersOf));
      for (const [i, mine] of buffers.entries()) {
        const others = new Set(buffers.filter((_, j) => j !== i).flat());
        assert.ok(!mine.some((buffer) => others.has(buffer)), `column ${i}`);
      }
    },
  },
  {
    id: 'read/wide-texts-close-batches-early',
    async run(rig) {
      const sql = `select i, repeat('x', 100000) as wide from (${rig.subject.series(1000)}) as s`;
      const buffers = new BufferPool();
      let rows = 0;
      for await (const batch of await startRead(rig.adapter, { sql }, { chunkRows: 100_000, buffers })) {
        const bytes = batch.columns[1]?.offsets?.[batch.rows] ?? 0;
        assert.equal(bytes, batch.rows * 100_000);
        assert.ok(bytes < 64 * 1024 ** 2, `a batch of ${bytes} bytes`);
        rows += batch.rows;
        buffers.give(batch.columns.flatMap(buffersOf));
      }
      assert.equal(rows, 1000);
    },
  },
  ...[1_000_000, 20_000_000].map(
    (bytes): Case => ({
      id: `read/one-text-of-${bytes}-bytes`,
      async run(rig) {
        const sql = `select repeat('x', ${bytes}) as wide`;
        const [text] = await readColumn(rig.adapter, { sql });
        assert.ok(text === 'x'.repeat(bytes));
      },
    }),
  ),
];

const QUERIES: readonly Case[] = [
  {
    id: 'read/texts-to-the-byte',
    async run(rig) {
      const texts = [...Object.values(TEXTS), BYTE_ORDER_MARK];
      const columns = texts.map((text, i) => `${rig.literal({ kind: 'text' }, text)} as c${i}`);
      assert.deepEqual(await readTexts(rig.adapter, { sql: `select ${columns.join(', ')}` }), [texts]);
    },
  },
  {
    id: 'read/columns-in-the-order-given',
    async run(rig) {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => rig.ident(name));
      const sql = `select 1 as ${a}, 'two' as ${b}, 3 as ${c}`;
      assert.deepEqual(await readTexts(rig.adapter, { sql }, { columns: ['c', 'b', 'a'] }), [
        ['3', 'two', '1'],
      ]);
      assert.deepEqual(await readTexts(rig.adapter, { sql }, { columns: ['b'] }), [['two']]);
    },
  },
  {
    id: 'read/odd-column-names',
    async run(rig) {
      const { dialect } = rig.adapter;
      const sql = `select ${IDENTIFIERS.map((name, i) => `${i} as ${dialect.ident(name)}`).join(', ')}`;
      assert.deepEqual(await readTexts(rig.adapter, { sql }), [IDENTIFIERS.map((_, i) => String(i))]);
    },
  },
  {
    id: 'read/query-ends-in-a-comment',
    async run(rig) {
      assert.deepEqual(await readColumn(rig.adapter, { sql: 'select 1 as a -- the last word' }), ['1']);
    },
  },
  {
    id: 'read/question-marks-and-dollars-are-text',
    async run(rig) {
      const sql = `select '? ?? $1 :a {{b}} \\? ' as a`;
      assert.deepEqual(await readColumn(rig.adapter, { sql }), ['? ?? $1 :a {{b}} \\? ']);
    },
  },
  {
    id: 'read/query-with-its-own-order-and-limit',
    async run(rig) {
      const sql = `with s as (${rig.subject.series(100)}) select i from s order by i desc limit 3`;
      assert.deepEqual(counting(await readColumn(rig.adapter, { sql })), [98, 99, 100]);
    },
  },
  {
    id: 'read/untyped-null',
    async run(rig) {
      assert.deepEqual(await readTexts(rig.adapter, { sql: 'select 1 as a, null as b' }), [['1', null]]);
    },
  },
  {
    id: 'read/through-a-view',
    async run(rig) {
      await rig.execute(`create view ${rig.sql('v')} as ${rig.subject.series(10)}`);
      assert.deepEqual(counting(await readColumn(rig.adapter, rig.query('v'))), upTo(10));
    },
  },
  {
    id: 'read/plain-is-only-a-hint',
    async run(rig) {
      await rig.execute(`create table ${rig.sql('t')} as ${rig.subject.series(10_000)}`);
      const read = await readColumn(rig.adapter, rig.query('t'), { plain: true });
      assert.deepEqual(counting(read), upTo(10_000));
    },
  },
  {
    id: 'read/timestamps-without-a-zone-are-utc',
    async run(rig) {
      const zoned = rig.adapter.dialect.type({ kind: 'timestamp', zoned: true });
      const sql = `select cast('2024-07-01 12:00:00' as ${zoned}) as v`;
      assert.deepEqual(await readColumn(rig.adapter, { sql }), ['2024-07-01 12:00:00.000000+00:00']);
    },
  },
  {
    id: 'read/reads-at-the-same-time',
    async run(rig) {
      const sizes = [10_000, 20_000, 30_000, 40_000];
      const reads = sizes.map((rows) => readColumn(rig.adapter, { sql: rig.subject.series(rows) }));
      for (const [i, read] of (await Promise.all(reads)).entries()) {
        assert.deepEqual(counting(read), upTo(sizes[i] as number));
      }
    },
  },
  {
    id: 'read/sees-what-was-committed-before',
    async run(rig) {
      await rig.create('t', { a: { kind: 'int64' } });
      await rig.execute(`insert into ${rig.sql('t')} values (1)`);
      assert.deepEqual(await readColumn(rig.adapter, rig.query('t')), ['1']);
      const beside = await rig.beside();
      const insert = { name: 'insert', sql: `insert into ${rig.sql('t')} values (2)` };
      await beside.execute([insert], { atomic: true, signal: NEVER });
      assert.deepEqual(counting(await readColumn(rig.adapter, rig.query('t'))), [1, 2]);
    },
  },
];
