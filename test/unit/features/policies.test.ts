import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CanonicalType,
  countNulls,
  isValid,
  type Vector,
  valueToText,
} from '../../../src/contract/index.js';
import { newFindUnseen } from '../../../src/features/allowed.js';
import { CollisionFilter } from '../../../src/features/collisions.js';
import { findMissing, findNan } from '../../../src/features/missing.js';
import { findOutside } from '../../../src/features/range.js';
import { restOf, spreadRows, takeRows } from '../../../src/features/take-rows.js';
import { makeVector } from '../../support/vectors.js';

const FLOAT = { kind: 'float' } as const;
const DOUBLE = { kind: 'double' } as const;
const INT32 = { kind: 'int32' } as const;
const INT64 = { kind: 'int64' } as const;
const BOOL = { kind: 'bool' } as const;
const TEXT = { kind: 'text' } as const;
const MONEY: CanonicalType = { kind: 'decimal', precision: 10, scale: 1 };
const NAN = Number.NaN;

describe('missing values', () => {
  it('are NULL and NaN, each row once', () => {
    const vector = makeVector(DOUBLE, [1, null, NAN, 0, Number.POSITIVE_INFINITY]);
    assert.deepEqual(findMissing(vector), [1, 2]);
    assert.deepEqual(findNan(vector), [2]);
  });

  it('are NULL alone where a type has no NaN', () => {
    assert.deepEqual(findMissing(makeVector(INT64, [1n, null])), [1]);
    assert.deepEqual(findMissing(makeVector(TEXT, ['NaN', '', null])), [2]);
    assert.deepEqual(findNan(makeVector(TEXT, ['NaN'])), []);
  });

  it('are not looked for behind the last row', () => {
    const vector: Vector = {
      type: DOUBLE,
      length: 1,
      values: Float64Array.of(1, NAN),
      validity: null,
    };
    assert.deepEqual(findMissing(vector), []);
  });

  it('are not the NaN that may lie under a NULL', () => {
    const vector: Vector = {
      type: DOUBLE,
      length: 2,
      values: Float64Array.of(NAN, NAN),
      validity: Uint8Array.of(0b10),
    };
    assert.deepEqual(findNan(vector), [1]);
    assert.deepEqual(findMissing(vector), [0, 1]);
  });

  for (const length of [1, 7, 8, 9, 64, 77]) {
    it(`are counted by the bit, ${length} rows long`, () => {
      const values = Array.from({ length }, (_, i) => (i % 3 === 0 || i % 7 === 2 ? null : i));
      const nulls = values.filter((value) => value === null).length;
      assert.equal(countNulls(makeVector(INT32, values)), nulls);
    });
  }
});

describe('values that are not allowed', () => {
  for (const { type, allowed, values, found } of [
    {
      type: TEXT,
      allowed: ['a', "o'b", '', 'é'],
      values: ['a', "o'b", '', 'é', 'A', ' a', null],
      found: [4, 5],
    },
    { type: INT32, allowed: ['1', '-2'], values: [1, -2, 2, 0, null], found: [2, 3] },
    { type: INT64, allowed: ['9007199254740991'], values: [2n ** 53n - 1n, 2n ** 53n, null], found: [1] },
    { type: BOOL, allowed: ['true'], values: [true, false, null], found: [1] },
  ]) {
    it(`are found among ${type.kind}, and NULL is no value`, () => {
      assert.deepEqual(newFindUnseen(type, allowed)(makeVector(type, values)), found);
    });
  }
});

describe('a range', () => {
  for (const { type, range, values, found } of [
    { type: DOUBLE, range: [0, 1], values: [0, 1, -1e-300, 1.0000000000000002, NAN, null], found: [2, 3] },
    {
      type: DOUBLE,
      range: [0, 1],
      values: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      found: [0, 1],
    },
    // A bound means the nearest value that the column can hold.
    { type: FLOAT, range: [0, 0.1], values: [Math.fround(0.1), Math.fround(0.11)], found: [1] },
    { type: INT32, range: [-1.5, 2], values: [-2, -1, 2, 3], found: [0, 3] },
    { type: INT64, range: [0, 2 ** 53], values: [-1n, 2n ** 53n, 2n ** 53n + 1n], found: [0, 2] },
    { type: MONEY, range: [0.1, 0.3], values: [0n, 1n, 3n, 4n], found: [0, 3] },
  ] as const) {
    it(`[${range.join(', ')}] of ${type.kind} finds ${found.length} of ${values.length}`, () => {
      assert.deepEqual(findOutside(makeVector(type, values), range), found);
    });
  }
});

describe('collisions with thresholds', () => {
  const tenth = Math.fround(0.1);
  const filter = new CollisionFilter([tenth, 0, 2 ** 24, 1e6]);

  it('are values that only rounding makes a threshold', () => {
    const values = [0.1, tenth, 0.10000000149, 1e-46, -1e-46, 0, -0, 0.3, 1e6, 1e6 + 0.01, NAN, null];
    assert.equal(filter.count(makeVector(DOUBLE, values)), 5);
  });

  it('are integers of more than 24 bits', () => {
    const values = [2 ** 24, 2 ** 24 + 1, 2 ** 24 - 1, 2 ** 24 + 3, 0];
    assert.equal(filter.count(makeVector(INT32, values)), 1);
    assert.equal(filter.count(makeVector(INT64, values.map(BigInt))), 1);
  });

  it('are decimals, and never floats', () => {
    assert.equal(filter.count(makeVector(MONEY, [1n, 0n, 2n])), 1);
    assert.equal(filter.count(makeVector(FLOAT, [0.1, 0])), 0);
  });

  it('are all found among many thresholds', () => {
    const many = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) * 100);
    const values = Array.from(many, (threshold) => threshold + Math.abs(threshold) * 1e-9);
    const expected = values.filter((value, i) => value !== many[i] && Math.fround(value) === many[i]).length;
    assert.ok(expected > 4000);
    assert.equal(new CollisionFilter(many).count(makeVector(DOUBLE, values)), expected);
  });
});

const EVERY: readonly (readonly [CanonicalType, readonly (number | bigint | boolean | string | null)[]])[] = [
  [BOOL, [true, null, false, true]],
  [INT32, [1, null, -3, 4]],
  [INT64, [2n ** 62n, null, -1n, 0n]],
  [FLOAT, [0.5, null, -1, 2]],
  [DOUBLE, [0.1, null, -1, 2]],
  [MONEY, [1n, null, -5n, 7n]],
  [{ kind: 'decimal', precision: 30, scale: 2 }, [10n ** 25n, null, -5n, 7n]],
  [{ kind: 'uuid' }, [2n ** 100n + 1n, null, 5n, 7n]],
  [{ kind: 'timestamp', zoned: true }, [0n, null, 86_400_000_000n, 1n]],
  [TEXT, ['', null, 'naïve 😀', 'x']],
];

describe('rows of a vector', () => {
  for (const [type, values] of EVERY) {
    const vector = makeVector(type, values);

    it(`are taken, some of them twice (${type.kind})`, () => {
      const taken = takeRows(vector, [3, 1, 0, 3]);
      assert.deepEqual(
        show(taken),
        [3, 1, 0, 3].map((row) => show(vector)[row]),
      );
    });

    it(`are spread over more rows, with NULL between (${type.kind})`, () => {
      const spread = spreadRows(vector, [1, 2, 4, 7], 9);
      const [a, b, c, d] = show(vector);
      assert.deepEqual(show(spread), [null, a, b, null, c, null, null, d, null]);
      assert.deepEqual(show(takeRows(spread, [1, 2, 4, 7])), show(vector));
    });

    it(`may be none (${type.kind})`, () => {
      assert.deepEqual(show(takeRows(vector, [])), []);
      assert.deepEqual(show(spreadRows(takeRows(vector, []), [], 2)), [null, null]);
    });
  }

  it('that are left are all others, ascending', () => {
    assert.deepEqual([...restOf(5, [3, 0, 3])], [1, 2, 4]);
  });
});

function show(vector: Vector): readonly (string | null)[] {
  return Array.from({ length: vector.length }, (_, row) =>
    isValid(vector, row) ? valueToText(vector, row) : null,
  );
}
