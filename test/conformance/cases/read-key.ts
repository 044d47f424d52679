import assert from 'node:assert/strict';
import type { CanonicalType, KeyRange } from '../../../src/contract/index.js';
import { type Case, not, ORDERED_READS } from '../case.js';
import { CORPORA, type Corpus, FAR_CORPORA } from '../corpora.js';
import { drain, failing } from '../failing.js';
import { readColumn, readTexts, startRead, type Text } from '../reading.js';
import { type Rig, toTuple } from '../rig.js';

const KEYS: readonly Corpus[] = [...CORPORA, ...FAR_CORPORA];

/** Text, then a 64-bit integer, then a date: rows of all pairs, ascending. */
const COMPOSITE: readonly CanonicalType[] = [{ kind: 'text' }, { kind: 'int64' }, { kind: 'date' }];
const COMPOSITE_ROWS: readonly (readonly string[])[] = ['', 'B', 'a', 'é'].flatMap((text) =>
  ['-9007199254740993', '9007199254740992', '9007199254740993'].flatMap((int) =>
    ['1969-12-31', '2024-02-29'].map((date) => [text, int, date]),
  ),
);
const PARTS = ['a', 'b', 'c'] as const;

export const readKeyCases: readonly Case[] = [
  {
    id: 'read/order-by-key-is-refused-where-not-offered',
    needs: not(ORDERED_READS),
    async run(rig) {
      const read = startRead(rig.adapter, { sql: rig.subject.series(10) }, { order: 'key' });
      await failing(drain(read), { code: 'CAPABILITY', stage: 'extract' });
    },
  },
  ...KEYS.map(
    (corpus): Case => ({
      id: `read/order-by-${corpus.name}`,
      needs: ORDERED_READS,
      async run(rig) {
        await insertKeys(rig, corpus);
        const read = await readColumn(rig.adapter, rig.query('t'), { order: 'key', chunkRows: 2 });
        assert.deepEqual(read, corpus.texts);
      },
    }),
  ),
  {
    id: 'read/order-by-composite-key',
    needs: ORDERED_READS,
    async run(rig) {
      await insertComposite(rig);
      const read = await readTexts(rig.adapter, rig.query('t'), { order: 'key', key: PARTS, chunkRows: 5 });
      assert.deepEqual(read, COMPOSITE_ROWS);
    },
  },
  {
    id: 'read/order-by-key-that-is-not-the-first-column',
    needs: ORDERED_READS,
    async run(rig) {
      const sql = `select -i as ${rig.ident('minus')}, i from (${rig.subject.series(100)}) as s`;
      const read = await readColumn(rig.adapter, { sql }, { order: 'key', key: ['minus'] });
      assert.deepEqual(
        read,
        Array.from({ length: 100 }, (_, i) => String(i - 100)),
      );
    },
  },
  {
    id: 'read/order-by-key-over-many-batches',
    needs: ORDERED_READS,
    async run(rig) {
      const rows = 300_000;
      const int64 = rig.adapter.dialect.type({ kind: 'int64' });
      const sql = `select cast((i * 7919) % ${rows} as ${int64}) as k from (${rig.subject.series(rows)}) as s`;
      let next = 0n;
      for await (const batch of await startRead(rig.adapter, { sql }, { order: 'key', chunkRows: 65_536 })) {
        const values = batch.columns[0]?.values;
        for (let row = 0; row < batch.rows; row++) {
          if (values?.[row] !== next) assert.equal(values?.[row], next);
          next++;
        }
      }
      assert.equal(next, BigInt(rows));
    },
  },
  {
    id: 'read/order-by-text-under-a-loose-collation-is-binary',
    needs: ORDERED_READS,
    async run(rig) {
      await insertLoose(rig);
      assert.deepEqual(await readColumn(rig.adapter, rig.query('t'), { order: 'key' }), LOOSE);
    },
  },
  {
    id: 'read/range-of-text-under-a-loose-collation-is-binary',
    async run(rig) {
      await insertLoose(rig);
      await assertCovered(
        rig,
        [{ kind: 'text' }],
        ['v'],
        LOOSE.map((text) => [text]),
      );
    },
  },
  ...KEYS.map(
    (corpus): Case => ({
      id: `read/range-by-${corpus.name}`,
      async run(rig) {
        await insertKeys(rig, corpus);
        await assertCovered(
          rig,
          [corpus.type],
          ['v'],
          corpus.texts.map((text) => [text]),
        );
      },
    }),
  ),
  {
    id: 'read/range-by-composite-key',
    async run(rig) {
      await insertComposite(rig);
      await assertCovered(rig, COMPOSITE, PARTS, COMPOSITE_ROWS);
    },
  },
  {
    id: 'read/range-between-keys',
    async run(rig) {
      const range = { lo: toTuple([{ kind: 'int64' }], ['15']), hi: toTuple([{ kind: 'int64' }], ['45']) };
      const sql = `select i * 10 as k from (${rig.subject.series(10)}) as s`;
      const read = await readColumn(rig.adapter, { sql }, { range });
      assert.deepEqual(sorted(read), ['20', '30', '40']);
    },
  },
  {
    id: 'read/range-without-keys',
    async run(rig) {
      const int64: CanonicalType = { kind: 'int64' };
      for (const [lo, hi] of [
        ['10', '20'],
        ['5', '5'],
        ['7', '3'],
      ] as const) {
        const range: KeyRange = { lo: toTuple([int64], [lo]), hi: toTuple([int64], [hi]) };
        assert.deepEqual(await readColumn(rig.adapter, { sql: rig.subject.series(10) }, { range }), []);
      }
    },
  },
  {
    id: 'read/range-and-order-together',
    needs: ORDERED_READS,
    async run(rig) {
      await insertComposite(rig);
      const range: KeyRange = { lo: toTuple(COMPOSITE, at(4)), hi: toTuple(COMPOSITE, at(17)) };
      const read = await readTexts(rig.adapter, rig.query('t'), { range, order: 'key', key: PARTS });
      assert.deepEqual(read, COMPOSITE_ROWS.slice(5, 18));
    },
  },
];

const at = (row: number): readonly string[] => COMPOSITE_ROWS[row] as readonly string[];
const sorted = (texts: readonly Text[]): readonly Text[] => texts.toSorted();

/** Inserts the keys in another order than theirs. */
async function insertKeys(rig: Rig, { type, texts }: Corpus): Promise<void> {
  await rig.create('t', { v: type });
  await rig.insert(
    't',
    [type],
    shuffled(texts).map((text) => [text]),
  );
}

async function insertComposite(rig: Rig): Promise<void> {
  await rig.create('t', Object.fromEntries(PARTS.map((name, i) => [name, COMPOSITE[i] as CanonicalType])));
  await rig.insert('t', COMPOSITE, shuffled(COMPOSITE_ROWS));
}

const LOOSE = ['', 'A', 'AB', 'B', 'a', 'aB', 'ab', 'b', 'É', 'é'];

/** Keys that a case-insensitive collation takes for equal. */
async function insertLoose(rig: Rig): Promise<void> {
  const { looseText } = rig.subject;
  if (looseText === null) {
    await insertKeys(rig, { name: 'loose', type: { kind: 'text' }, texts: LOOSE });
    return;
  }
  await rig.execute(...(looseText.setUp ?? []).map((sql) => rig.inSchema(sql)));
  await rig.execute(`create table ${rig.sql('t')} (v ${rig.inSchema(looseText.native)})`);
  await rig.insert(
    't',
    [{ kind: 'text' }],
    shuffled(LOOSE).map((text) => [text]),
  );
  const [row] = await rig.rows(`select count(*) from ${rig.sql('t')} where v = 'a'`);
  assert.equal(Number(row?.[0]), 2, 'the collation is not loose');
}

/** The same values, the later half first, each half backwards. */
function shuffled<T>(values: readonly T[]): readonly T[] {
  const half = Math.ceil(values.length / 2);
  return [...values.slice(half).reverse(), ...values.slice(0, half).reverse()];
}

/** Cuts the keys at each one, and reads each range: just the key that is its upper bound. */
async function assertCovered(
  rig: Rig,
  types: readonly CanonicalType[],
  key: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const tuples = rows.map((row) => toTuple(types, row));
  for (const [i, row] of rows.entries()) {
    const range: KeyRange = { lo: tuples[i - 1] ?? null, hi: tuples[i] ?? null };
    assert.deepEqual(await readTexts(rig.adapter, rig.query('t'), { key, range }), [row], `range ${i}`);
  }
  const last = tuples.at(-1) ?? null;
  assert.deepEqual(await readTexts(rig.adapter, rig.query('t'), { key, range: { lo: last, hi: null } }), []);
  const middle = Math.floor(rows.length / 2);
  const bound = tuples[middle] ?? null;
  const below = await readTexts(rig.adapter, rig.query('t'), { key, range: { lo: null, hi: bound } });
  const above = await readTexts(rig.adapter, rig.query('t'), { key, range: { lo: bound, hi: null } });
  assert.equal(below.length, middle + 1);
  assert.equal(above.length, rows.length - middle - 1);
}
