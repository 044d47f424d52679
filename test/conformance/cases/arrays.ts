import assert from 'node:assert/strict';
import {
  type ArrayElement,
  type CanonicalType,
  isValid,
  renderType,
  sameType,
  toElements,
  type Vector,
} from '../../../src/contract/index.js';
import { makeArrays } from '../../support/vectors.js';
import type { Case } from '../case.js';
import { failing } from '../failing.js';
import { INT64, integers, load, part, stream } from '../loading.js';
import { readBatches, startRead } from '../reading.js';
import { NEVER, type Rig } from '../rig.js';
import { bitsAt, toStored } from '../values.js';

type Row = readonly (number | bigint | boolean)[] | null;

/** Rows of arrays of three, with the edges of their elements. */
const ROWS: Readonly<Record<ArrayElement, readonly Row[]>> = {
  bool: [[true, false, true], null, [false, false, false]],
  int32: [[0, -1, 2_147_483_647], null, [-2_147_483_648, 10, 65_536]],
  int64: [[0n, -1n, 9_007_199_254_740_993n], null, [-(2n ** 63n), 2n ** 63n - 1n, 4_294_967_296n]],
  float: [
    [0.1, 1e-45, -3.4028234663852886e38],
    [Number.NaN, 1, Number.POSITIVE_INFINITY],
    null,
    [-0, 2, -0.5],
  ],
  double: [
    [0.1, 5e-324, -1.7976931348623157e308],
    [1, Number.NaN, Number.NEGATIVE_INFINITY],
    null,
    [3, -0, -0.5],
  ],
};
const ELEMENTS = Object.keys(ROWS) as readonly ArrayElement[];
const arrayOf = (element: ArrayElement, length: number): CanonicalType => ({
  kind: 'array',
  element,
  length,
});
const EACH = Object.fromEntries(ELEMENTS.map((element) => [element, arrayOf(element, 3)]));

export const arrayCases: readonly Case[] = [
  ...ELEMENTS.map(
    (element): Case => ({
      id: `load/array-of-${element}`,
      async run(rig) {
        // Over several of the widths that drivers work in.
        const rows = Array.from({ length: 5000 }, (_, i) => ROWS[element][i % ROWS[element].length] ?? null);
        await assertLoaded(rig, makeArrays(element, 3, rows));
      },
    }),
  ),
  {
    id: 'load/arrays-without-nulls',
    async run(rig) {
      const rows = Array.from({ length: 5000 }, (_, i) => [i, i / 8]);
      await assertLoaded(rig, makeArrays('float', 2, rows));
    },
  },
  {
    id: 'load/arrays-of-one',
    async run(rig) {
      await assertLoaded(rig, makeArrays('double', 1, [[1.5], null, [-2.5]]));
    },
  },
  {
    id: 'load/long-arrays',
    async run(rig) {
      const row = (at: number) => Array.from({ length: 4096 }, (_, i) => at * 4096 + i);
      const vector = makeArrays(
        'float',
        4096,
        Array.from({ length: 150 }, (_, i) => row(i)),
      );
      await assertLoaded(rig, vector, [1, 2, 4095, 4096]);
    },
  },
  {
    id: 'load/constant-array',
    async run(rig) {
      const relation = await rig.create('t', { i: INT64, v: arrayOf('float', 2) });
      const constant = makeArrays('float', 2, [[1.5, Number.NaN]]);
      const columns = [
        { kind: 'vector', vector: integers(0, 3) },
        { kind: 'constant', vector: constant },
      ] as const;
      assert.equal(await load(rig, relation, stream({ loadKey: 1n, rows: 3, columns })), 3);
      await assertElements(rig, makeArrays('float', 2, new Array<Row>(3).fill([1.5, Number.NaN])), [1, 2]);
    },
  },
  {
    id: 'inspect/arrays',
    async run(rig) {
      await rig.create('t', EACH);
      const { columns = [] } = (await rig.adapter.inspect(rig.relation('t'), NEVER)) ?? {};
      assert.deepEqual(
        columns.map(({ name }) => name),
        ELEMENTS,
      );
      for (const { name, type } of columns) {
        const stored = rig.adapter.dialect.stored(arrayOf(name as ArrayElement, 3));
        assert.ok(sameType(type, stored), `${name}: ${renderType(type)}`);
      }
      assert.deepEqual(columns, await rig.adapter.describe(rig.query('t'), NEVER));
    },
  },
  {
    id: 'read/refuses-arrays',
    async run(rig) {
      await rig.create('t', { i: INT64, v: arrayOf('float', 3) });
      await failing(
        (async () => {
          for await (const _ of await startRead(rig.adapter, rig.query('t')));
        })(),
        { code: 'INVARIANT', message: /"v" is an array/ },
      );
    },
  },
  {
    id: 'read/beside-arrays',
    async run(rig) {
      const vector = makeArrays('float', 2, [[1, 2], null]);
      const relation = await rig.create('t', { i: INT64, v: arrayOf('float', 2) });
      await load(rig, relation, stream(part(1n, integers(7, 2), vector)));
      const [batch] = await readBatches(rig.adapter, rig.query('t'), { columns: ['i'] });
      assert.deepEqual([...(batch?.columns[0]?.values.subarray(0, 2) ?? [])].sort(), [7n, 8n]);
    },
  },
];

/** Loads arrays beside a number, and compares their elements to the bit. */
async function assertLoaded(rig: Rig, vector: Vector, places?: readonly number[]): Promise<void> {
  const relation = await rig.create('t', { i: INT64, v: vector.type });
  const loaded = part(1n, integers(0, vector.length), vector);
  assert.equal(await load(rig, relation, stream(loaded)), vector.length);
  await assertElements(rig, vector, places);
}

async function assertElements(rig: Rig, vector: Vector, places?: readonly number[]): Promise<void> {
  const { type } = vector;
  assert.ok(type.kind === 'array' && type.length !== null);
  const { length, element } = type;
  const looked = places ?? Array.from({ length }, (_, i) => i + 1);
  const columns = looked.map((place) => `${rig.subject.elementAt('v', place)} as e${place}`);
  const sql = `select i, ${columns.join(', ')} from ${rig.sql('t')}`;
  const elements: Vector = toStored(rig.adapter.dialect, {
    ...toElements(vector),
    type: { kind: element },
  });
  let read = 0;
  for (const { rows, columns } of await readBatches(rig.adapter, { sql })) {
    const [numbers, ...found] = columns as readonly [Vector, ...Vector[]];
    for (let at = 0; at < rows; at++) {
      const row = Number(numbers.values[at]);
      for (const [n, place] of looked.entries()) {
        const value = found[n] as Vector;
        const expected = isValid(vector, row) ? bitsAt(elements, row * length + place - 1) : null;
        assert.equal(isValid(value, at) ? bitsAt(value, at) : null, expected, `row ${row}, element ${place}`);
      }
    }
    read += rows;
  }
  assert.equal(read, vector.length);
}
