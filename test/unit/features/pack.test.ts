import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalType, Vector } from '../../../src/contract/index.js';
import { assertNulls, newTensorData, packBlock, type TensorData } from '../../../src/features/pack.js';
import { readTexts, toTextVector } from '../../../src/features/texts.js';
import type { ElementType, NullPolicy, TensorSpec } from '../../../src/plan/scoring-spec.js';
import { makeVector } from '../../support/vectors.js';

const BOOL = { kind: 'bool' } as const;
const INT32 = { kind: 'int32' } as const;
const INT64 = { kind: 'int64' } as const;
const FLOAT = { kind: 'float' } as const;
const DOUBLE = { kind: 'double' } as const;
const TEXT = { kind: 'text' } as const;
const MONEY: CanonicalType = { kind: 'decimal', precision: 18, scale: 4 };
const FAIL: NullPolicy = { kind: 'fail' };

/** A tensor with one feature for each vector. */
function specOf(element: ElementType, columns: readonly Vector[], nulls: NullPolicy = FAIL): TensorSpec {
  const features = columns.map(({ type }, index) => ({ column: `c${index}`, index, type, nulls }));
  return { input: 'x', element, rank: 2, features };
}

/** The tensor of all rows, padded to `blockRows`. */
function pack(
  element: ElementType,
  columns: readonly Vector[],
  nulls: NullPolicy = FAIL,
  blockRows = columns[0]?.length ?? 0,
): unknown[] {
  const target: TensorData = newTensorData(element, blockRows * columns.length);
  packBlock(target, specOf(element, columns, nulls), columns, 0, columns[0]?.length ?? 0, blockRows);
  return [...(target as Iterable<unknown>)];
}

interface Cast {
  readonly element: ElementType;
  readonly type: CanonicalType;
  readonly values: readonly (number | bigint | boolean | string)[];
  readonly packed: readonly unknown[];
}

const CASTS: readonly Cast[] = [
  { element: 'float32', type: FLOAT, values: [0.5, -0], packed: [0.5, -0] },
  { element: 'float32', type: DOUBLE, values: [0.1, 1e300, 1e-46], packed: [Math.fround(0.1), Infinity, 0] },
  { element: 'float32', type: INT32, values: [16_777_217], packed: [16_777_216] },
  { element: 'float32', type: INT64, values: [2n ** 60n + 2n ** 36n + 1n], packed: [2 ** 60 + 2 ** 37] },
  { element: 'float32', type: BOOL, values: [true, false], packed: [1, 0] },
  { element: 'float32', type: MONEY, values: [12_345n, -1n], packed: [1.2345, -0.0001].map(Math.fround) },
  { element: 'float64', type: FLOAT, values: [Math.fround(0.1)], packed: [Math.fround(0.1)] },
  { element: 'float64', type: DOUBLE, values: [0.1, -0], packed: [0.1, -0] },
  {
    element: 'float64',
    type: INT64,
    values: [2n ** 53n + 1n, 2n ** 53n + 3n],
    packed: [2 ** 53, 2 ** 53 + 4],
  },
  { element: 'float64', type: MONEY, values: [12_345n], packed: [1.2345] },
  // Its digits are more than a double holds: rounded once, as the text would be.
  {
    element: 'float64',
    type: MONEY,
    values: [503_584_543_637_468_709n],
    packed: [Number('50358454363746.8709')],
  },
  {
    element: 'int64',
    type: INT64,
    values: [2n ** 63n - 1n, -(2n ** 63n)],
    packed: [2n ** 63n - 1n, -(2n ** 63n)],
  },
  { element: 'int64', type: INT32, values: [-5], packed: [-5n] },
  { element: 'int64', type: BOOL, values: [true], packed: [1n] },
  { element: 'int32', type: INT32, values: [-2_147_483_648], packed: [-2_147_483_648] },
  { element: 'int32', type: INT64, values: [2_147_483_647n], packed: [2_147_483_647] },
  { element: 'int32', type: BOOL, values: [true], packed: [1] },
  { element: 'bool', type: BOOL, values: [true, false], packed: [1, 0] },
  { element: 'string', type: TEXT, values: ['', 'plain', 'naïve 😀'], packed: ['', 'plain', 'naïve 😀'] },
];

for (const { element, type, values, packed } of CASTS) {
  test(`${type.kind} becomes ${element}: ${values.join(', ')}`, () => {
    assert.deepEqual(pack(element, [makeVector(type, values)]), packed);
  });
}

test('columns interleave row by row', () => {
  const columns = [makeVector(DOUBLE, [1, 2, 3]), makeVector(INT32, [10, 20, 30])];
  assert.deepEqual(pack('float32', columns), [1, 10, 2, 20, 3, 30]);
});

test('a block in the middle of the rows takes just those', () => {
  const columns = [makeVector(DOUBLE, [1, 2, 3, 4]), makeVector(DOUBLE, [5, null, 7, 8])];
  const target = newTensorData('float64', 4);
  packBlock(target, specOf('float64', columns, { kind: 'nan' }), columns, 1, 3, 2);
  assert.deepEqual(target, new Float64Array([2, Number.NaN, 3, 7]));
});

for (const element of ['float32', 'float64', 'int64', 'int32', 'bool', 'string'] as const) {
  test(`padding repeats the last row of a ${element} block`, () => {
    const type = element === 'string' ? TEXT : element === 'bool' ? BOOL : INT32;
    const first = element === 'string' ? ['a', 'b'] : [0, 1];
    const second = element === 'string' ? ['c', 'd'] : [1, 0];
    const packed = pack(element, [makeVector(type, first), makeVector(type, second)], FAIL, 4);
    assert.equal(packed.length, 8);
    assert.deepEqual(packed.slice(4, 6), packed.slice(2, 4));
    assert.deepEqual(packed.slice(6, 8), packed.slice(2, 4));
  });
}

const FILLED: readonly [ElementType, CanonicalType, string | number | boolean, unknown][] = [
  ['float32', DOUBLE, 0.1, Math.fround(0.1)],
  ['float64', INT64, 0.1, 0.1],
  ['int64', INT64, 7, 7n],
  ['int32', INT64, 7, 7],
  ['bool', BOOL, true, 1],
  ['string', TEXT, 'none', 'none'],
];

for (const [element, type, value, filled] of FILLED) {
  test(`a NULL of a ${element} feature becomes the policy's value`, () => {
    const vector = makeVector(type, [null]);
    assert.deepEqual(pack(element, [vector], { kind: 'value', value }), [filled]);
  });
}

test('nulls: nan puts NaN in the place of NULL alone', () => {
  assert.deepEqual(pack('float32', [makeVector(INT64, [1n, null, 3n])], { kind: 'nan' }), [1, Number.NaN, 3]);
});

test('nulls: fail counts the NULLs and names the feature', () => {
  const columns = [makeVector(DOUBLE, [1, 2, 3]), makeVector(DOUBLE, [null, 2, null])];
  assert.throws(() => assertNulls([specOf('float32', columns)], columns), {
    code: 'BAD_FEATURES',
    message: 'feature "c1" is NULL in 2 rows of a chunk, and its policy is nulls: fail',
  });
});

test('nulls: fail takes rows without NULLs, and other policies take NULLs', () => {
  const whole = [makeVector(DOUBLE, [1])];
  const holed = [makeVector(DOUBLE, [null])];
  assertNulls([specOf('float32', whole)], whole);
  assertNulls([specOf('float32', holed, { kind: 'nan' })], holed);
});

for (const value of [2_147_483_648n, -2_147_483_649n, 2n ** 62n]) {
  test(`an int32 feature refuses ${value}`, () => {
    assert.throws(() => pack('int32', [makeVector(INT64, [value])]), { code: 'BAD_FEATURES' });
  });
}

test('texts come back as they went, whatever stands beside them', () => {
  const texts = ['', 'ascii', '\uFEFFmark', 'é', '😀', 'nul \0', ''];
  const vector = toTextVector(texts);
  assert.deepEqual(readTexts(vector, 0, texts.length, '?'), texts);
  assert.deepEqual(readTexts(vector, 1, 3, '?'), texts.slice(1, 3));
});
