import assert from 'node:assert/strict';
import type { CanonicalType, LoadColumn, Vector, WarehouseAdapter } from '../../../src/contract/index.js';
import { isValid, isVariable, newValues } from '../../../src/contract/index.js';
import type { Case } from '../case.js';
import {
  BROKEN_TEXTS,
  BYTE_ORDER_MARK,
  CORPORA,
  FAR_CORPORA,
  IDENTIFIERS,
  TEXTS,
  UNORDERED_CORPORA,
} from '../corpora.js';
import { failing } from '../failing.js';
import { INT64, integers, load, makeTable, part, stream } from '../loading.js';
import { readBatches, readColumn, readTexts, startRead, type Text, textAt } from '../reading.js';
import type { Rig } from '../rig.js';
import { bitsAt, sameValue, toBytesVector, toStored, toVector } from '../values.js';

const TEXT: CanonicalType = { kind: 'text' };
const ALL = [...CORPORA, ...UNORDERED_CORPORA, ...FAR_CORPORA];

export const loadCases: readonly Case[] = [
  ...ALL.map(
    ({ name, type, texts }): Case => ({
      id: `load/exact-${name}`,
      async run(rig) {
        // Over several of the widths that drivers work in, with a NULL in each round.
        const rounds = Math.ceil(2500 / (texts.length + 1));
        const values = Array.from({ length: rounds }, () => [...texts, null]).flat();
        await assertLoaded(rig, type, toVector(type, values));
      },
    }),
  ),
  ...ALL.map(
    ({ name, type, texts }): Case => ({
      id: `load/constant-${name}`,
      async run(rig) {
        const relation = await rig.create('t', { i: INT64, v: type });
        const values = [...texts, null];
        const parts = values.map((text, n) => ({
          loadKey: BigInt(n),
          rows: 3,
          columns: [
            { kind: 'vector', vector: integers(n * 3, 3) },
            { kind: 'constant', vector: toVector(type, [text]) },
          ] satisfies readonly LoadColumn[],
        }));
        assert.equal(await load(rig, relation, stream(...parts)), values.length * 3);
        const read = await readTexts(rig.adapter, rig.query('t'));
        assert.deepEqual(
          byNumber(read).map(([, text]) => text),
          values.flatMap((text) => [text, text, text]),
        );
      },
    }),
  ),
  {
    id: 'load/constants-alone',
    async run(rig) {
      const relation = await rig.create('t', { a: INT64, b: TEXT });
      const columns: readonly LoadColumn[] = [
        { kind: 'constant', vector: integers(7, 1) },
        { kind: 'constant', vector: toVector(TEXT, ['seven']) },
      ];
      assert.equal(await load(rig, relation, stream({ loadKey: 1n, rows: 5000, columns })), 5000);
      const [row] = await rig.rows(`select count(*), min(a), max(a), min(b), max(b) from ${rig.sql('t')}`);
      assert.deepEqual(row?.map(String), ['5000', '7', '7', 'seven', 'seven']);
    },
  },
  {
    id: 'load/named-columns-leave-the-others-to-their-defaults',
    async run(rig) {
      const { type } = rig.adapter.dialect;
      await rig.execute(
        `create table ${rig.sql('t')} (${rig.ident('a')} ${type(INT64)}, ${rig.ident('b')} ${type(TEXT)}, c ${type(INT64)} default 5, d ${type(TEXT)})`,
      );
      const each = part(1n, toVector(TEXT, ['x', null]), integers(1, 2));
      assert.equal(await load(rig, rig.relation('t'), stream(each), { columns: ['b', 'a'] }), 2);
      const read = await readTexts(rig.adapter, rig.query('t'));
      assert.deepEqual(byNumber(read), [
        ['1', 'x', '5', null],
        ['2', null, '5', null],
      ]);
    },
  },
  {
    id: 'load/named-columns-may-be-all',
    async run(rig) {
      const relation = await rig.create('t', { a: INT64, b: TEXT });
      const each = part(1n, integers(1, 2), toVector(TEXT, ['x', 'y']));
      assert.equal(await load(rig, relation, stream(each), { columns: ['a', 'b'] }), 2);
      assert.deepEqual(byNumber(await readTexts(rig.adapter, rig.query('t'))), [
        ['1', 'x'],
        ['2', 'y'],
      ]);
    },
  },
  {
    id: 'load/named-columns-that-are-not-there',
    async run(rig) {
      const relation = await rig.create('t', { a: INT64, b: TEXT });
      const each = part(1n, integers(1, 2));
      await failing(load(rig, relation, stream(each), { columns: ['no_such_column'] }), { stage: 'stage' });
      assert.equal(await rig.count('t'), 0);
    },
  },
  {
    id: 'load/texts-to-the-byte',
    run: (rig) => assertLoaded(rig, TEXT, toVector(TEXT, [...Object.values(TEXTS), BYTE_ORDER_MARK])),
  },
  {
    id: 'load/wide-texts',
    async run(rig) {
      const wide = Array.from({ length: 40 }, (_, i) =>
        String.fromCharCode(97 + (i % 26)).repeat(1_000_000 + i),
      );
      await assertLoaded(rig, TEXT, toVector(TEXT, wide));
    },
  },
  {
    id: 'load/text-with-a-nul-is-exact-or-refused',
    run: (rig) => assertExactOrRefused(rig, Buffer.from('a\0b')),
  },
  ...Object.entries(BROKEN_TEXTS).map(
    ([name, bytes]): Case => ({
      id: `load/text-of-${name.replaceAll(' ', '-')}-is-exact-or-refused`,
      run: (rig) => assertExactOrRefused(rig, Uint8Array.from(bytes)),
    }),
  ),
  ...(['float', 'double'] as const).flatMap((kind): readonly Case[] => [
    {
      id: `load/${kind}-minus-zero`,
      async run(rig) {
        await assertBits(rig, kind, (row) => (row % 2 === 0 ? -0 : 0));
      },
    },
    {
      id: `load/${kind}-minus-zero-alone`,
      async run(rig) {
        await assertBits(rig, kind, () => -0);
      },
    },
    {
      id: `load/${kind}-random-bits`,
      async run(rig) {
        let state = 12345;
        await assertBits(rig, kind, () => {
          state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
          return (state / 2 ** 31 - 0.5) * 10 ** ((state % 60) - 30);
        });
      },
    },
    {
      id: `load/${kind}-nan-payloads`,
      async run(rig) {
        const vector = toVector({ kind }, ['0', '0', '0', '0']);
        const words = new DataView(vector.values.buffer as ArrayBuffer);
        [0x7fc00000, 0x7fc00123, 0xffc00000, 0x7fffffff].forEach((word, i) => {
          if (kind === 'float') words.setUint32(i * 4, word, true);
          else
            words.setBigUint64(i * 8, (BigInt(word) << 32n) | ((word & 0x7fc00000) === word ? 0n : 1n), true);
        });
        await assertLoaded(rig, { kind }, vector);
      },
    },
  ]),
  {
    id: 'load/parts-of-different-sizes',
    async run(rig) {
      const relation = await makeTable(rig);
      const sizes = [1, 2047, 2048, 2049, 7, 0, 5000, 65_536, 3];
      let from = 0;
      const parts = sizes.map((rows, n) => {
        const each = part(BigInt(n), integers(from, rows));
        from += rows;
        return each;
      });
      assert.equal(await load(rig, relation, stream(...parts)), from);
      const read = (await readColumn(rig.adapter, rig.query('t'))).map(Number).sort((a, b) => a - b);
      assert.deepEqual(
        read,
        Array.from({ length: from }, (_, i) => i),
      );
    },
  },
  {
    id: 'load/no-parts',
    async run(rig) {
      assert.equal(await load(rig, await makeTable(rig), stream()), 0);
      assert.equal(await rig.count('t'), 0);
    },
  },
  {
    id: 'load/empty-parts',
    async run(rig) {
      const relation = await makeTable(rig);
      const empty = part(1n, integers(0, 0));
      assert.equal(await load(rig, relation, stream(empty, part(2n, integers(0, 2)), empty)), 2);
      assert.equal(await rig.count('t'), 2);
    },
  },
  {
    id: 'load/nulls-across-parts',
    async run(rig) {
      const relation = await rig.create('t', { i: INT64, v: TEXT, w: INT64 });
      const parts = Array.from({ length: 3 }, (_, n) => {
        const numbers = Array.from({ length: 3000 }, (_, row) => n * 3000 + row);
        return part(
          BigInt(n),
          toVector(INT64, numbers.map(String)),
          toVector(
            TEXT,
            numbers.map((i) => (i % 3 === 0 ? null : `t${i}`)),
          ),
          // No NULL in one part, nothing else in the next.
          toVector(
            INT64,
            numbers.map((i) => (n === 0 || (n === 2 && i % 7 === 0) ? String(i) : null)),
          ),
        );
      });
      await load(rig, relation, stream(...parts));
      const read = byNumber(await readTexts(rig.adapter, rig.query('t')));
      assert.equal(read.length, 9000);
      for (const [number, text, w] of read) {
        const i = Number(number);
        assert.equal(text, i % 3 === 0 ? null : `t${i}`);
        assert.equal(w, i < 3000 || (i >= 6000 && i % 7 === 0) ? String(i) : null);
      }
    },
  },
  {
    id: 'load/vectors-with-room-to-spare',
    async run(rig) {
      const relation = await rig.create('t', { i: INT64, v: TEXT });
      const spare = integers(0, 10);
      const texts = toVector(TEXT, ['a', 'b', 'c', 'd']);
      const vectors: readonly Vector[] = [
        { ...spare, length: 3 },
        { ...texts, length: 3, offsets: (texts.offsets as Int32Array).subarray(0, 4) },
      ];
      assert.equal(await load(rig, relation, stream(part(1n, ...vectors))), 3);
      const read = byNumber(await readTexts(rig.adapter, rig.query('t')));
      assert.deepEqual(read, [
        ['0', 'a'],
        ['1', 'b'],
        ['2', 'c'],
      ]);
    },
  },
  {
    id: 'load/vectors-that-are-views-into-larger-memory',
    async run(rig) {
      const relation = await makeTable(rig);
      const large = integers(0, 6000).values as BigInt64Array;
      const vector: Vector = { type: INT64, length: 2500, values: large.subarray(100, 2600), validity: null };
      await load(rig, relation, stream(part(1n, vector)));
      const read = (await readColumn(rig.adapter, rig.query('t'))).map(Number).sort((a, b) => a - b);
      assert.deepEqual(
        read,
        Array.from({ length: 2500 }, (_, i) => i + 100),
      );
    },
  },
  {
    id: 'load/memory-of-a-part-is-used-for-the-next',
    async run(rig) {
      const relation = await rig.create('t', { i: INT64, v: TEXT });
      const numbers = integers(0, 3000);
      const texts = toVector(
        TEXT,
        Array.from({ length: 3000 }, () => '0000'),
      );
      async function* reuse() {
        for (let n = 0; n < 20; n++) {
          for (let row = 0; row < 3000; row++) {
            numbers.values[row] = BigInt(n * 3000 + row) as never;
            texts.values.set(Buffer.from(String(n).padStart(4, '0')) as never, row * 4);
          }
          yield part(BigInt(n), numbers, texts);
        }
        numbers.values.fill(-1n as never);
        texts.values.fill(0x78 as never);
      }
      assert.equal(await load(rig, relation, reuse()), 60_000);
      const read = byNumber(await readTexts(rig.adapter, rig.query('t')));
      assert.equal(read.length, 60_000);
      for (const [row, [i, text]] of read.entries()) {
        assert.equal(i, String(row));
        assert.equal(Number(text), Math.floor(row / 3000));
      }
    },
  },
  {
    id: 'load/many-rows',
    async run(rig) {
      const relation = await makeTable(rig);
      const parts = Array.from({ length: 10 }, (_, n) => part(BigInt(n), integers(n * 65_536, 65_536)));
      assert.equal(await load(rig, relation, stream(...parts)), 655_360);
      const [row] = await rig.rows(`select count(*), count(distinct i), min(i), max(i) from ${rig.sql('t')}`);
      assert.deepEqual(row?.map(Number), [655_360, 655_360, 0, 655_359]);
    },
  },
  {
    id: 'load/odd-names',
    async run(rig) {
      const columns = Object.fromEntries(IDENTIFIERS.map((name) => [`c${name}`, INT64]));
      const relation = await rig.create('x"; drop table canary; --', columns);
      const vectors = IDENTIFIERS.map((_, i) => integers(i, 1));
      assert.equal(await load(rig, relation, stream(part(1n, ...vectors))), 1);
      const read = await readTexts(rig.adapter, rig.query(relation.name));
      assert.deepEqual(read, [IDENTIFIERS.map((_, i) => String(i))]);
    },
  },
];

function byNumber(rows: readonly (readonly Text[])[]): readonly (readonly Text[])[] {
  return rows.toSorted(([a], [b]) => Number(a) - Number(b));
}

/** Loads a vector beside a number, and compares what is read, by the adapter given then, to the bit. */
async function assertLoaded(
  rig: Rig,
  type: CanonicalType,
  vector: Vector,
  reader: () => Promise<WarehouseAdapter> = async () => rig.adapter,
): Promise<void> {
  const relation = await rig.create('t', { i: INT64, v: type });
  const rows = vector.length;
  assert.equal(await load(rig, relation, stream(part(1n, integers(0, rows), vector))), rows);
  const expected = toStored(rig.adapter.dialect, vector);
  let read = 0;
  for await (const batch of await startRead(await reader(), rig.query('t'))) {
    const [numbers, values] = batch.columns as readonly [Vector, Vector];
    for (let at = 0; at < batch.rows; at++) {
      const row = Number(numbers.values[at]);
      if (sameValue(expected, row, values, at)) continue;
      const show = isVariable(type) ? textAt : bitsAt;
      assert.equal(isValid(values, at) ? show(values, at) : null, show(expected, row), `row ${row}`);
      assert.fail(`row ${row}`);
    }
    read += batch.rows;
  }
  assert.equal(read, rows);
}

/** Enough rows for a warehouse to compress them, from a function of the row, read when it has written them down. */
async function assertBits(rig: Rig, kind: 'float' | 'double', value: (row: number) => number): Promise<void> {
  const rows = 130_000;
  const values = newValues({ kind }, rows) as Float32Array | Float64Array;
  for (let row = 0; row < rows; row++) values[row] = value(row);
  const vector: Vector = { type: { kind }, length: rows, values, validity: null };
  await assertLoaded(rig, { kind }, vector, async () => {
    await rig.adapter.close();
    return await rig.reopen();
  });
}

async function assertExactOrRefused(rig: Rig, bytes: Uint8Array): Promise<void> {
  const relation = await rig.create('t', { i: INT64, v: TEXT });
  const texts = toBytesVector('text', [Buffer.from('good'), bytes]);
  const loading = load(rig, relation, stream(part(1n, integers(0, 2), texts)));
  const error = await loading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error !== null) {
    await failing(Promise.reject(error), {});
    assert.equal(await rig.count('t'), 0);
    return;
  }
  const batches = await readBatches(rig.adapter, rig.query('t'), { columns: ['v', 'i'], key: ['i'] });
  const read = batches.flatMap(({ rows, columns }) => {
    const [vector] = columns as readonly [Vector];
    const offsets = vector.offsets as Int32Array;
    return Array.from({ length: rows }, (_, row) => {
      return Buffer.from((vector.values as Uint8Array).slice(offsets[row], offsets[row + 1])).toString('hex');
    });
  });
  assert.deepEqual(
    read.toSorted(),
    [Buffer.from('good').toString('hex'), Buffer.from(bytes).toString('hex')].toSorted(),
  );
}
