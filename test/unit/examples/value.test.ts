import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CanonicalType } from '../../../src/contract/index.js';
import { type ExampleValue, parseValue } from '../../../src/examples/value.js';
import { readValue, renderCell, toVector } from '../../../src/examples/vectors.js';

const MONEY = { kind: 'decimal', precision: 6, scale: 2 } as const;

describe('parseValue', () => {
  const cases: readonly (readonly [string, CanonicalType, ExampleValue | undefined])[] = [
    ['9007199254740993', { kind: 'int64' }, 9007199254740993n],
    ['-9223372036854775808', { kind: 'int64' }, -9223372036854775808n],
    ['9223372036854775808', { kind: 'int64' }, undefined],
    ['2147483647', { kind: 'int32' }, 2147483647],
    ['2147483648', { kind: 'int32' }, undefined],
    ['+7', { kind: 'int32' }, 7],
    ['1.0', { kind: 'int32' }, undefined],
    ['', { kind: 'int32' }, undefined],
    ['0.1', { kind: 'float' }, Math.fround(0.1)],
    ['0.1', { kind: 'double' }, 0.1],
    ['1e-3', { kind: 'double' }, 0.001],
    ['-Infinity', { kind: 'double' }, Number.NEGATIVE_INFINITY],
    ['NaN', { kind: 'float' }, Number.NaN],
    ['0x10', { kind: 'double' }, undefined],
    ['.', { kind: 'double' }, undefined],
    ['TRUE', { kind: 'bool' }, true],
    ['1', { kind: 'bool' }, undefined],
    ['constructor', { kind: 'double' }, undefined],
    ['toString', { kind: 'bool' }, undefined],
    ['12.3', MONEY, 1230n],
    ['-0.05', MONEY, -5n],
    ['12.300', MONEY, 1230n],
    ['12.345', MONEY, undefined],
    ['10000', MONEY, undefined],
    ['', { kind: 'text' }, ''],
    ['2026-01-01', { kind: 'date' }, undefined],
  ];
  for (const [text, type, value] of cases) {
    it(`takes "${text}" as ${type.kind} for ${String(value)}`, () => {
      assert.deepEqual(parseValue(text, type), value);
    });
  }
});

describe('renderCell', () => {
  const roundTrip = (type: CanonicalType, value: ExampleValue) => {
    const text = renderCell(toVector(type, [value]), 0);
    assert.ok(text !== null);
    assert.ok(Object.is(parseValue(text, type), value), `${text} for ${String(value)}`);
  };

  it('writes numbers that are read back as the same bits', () => {
    fc.assert(fc.property(fc.double(), (value) => roundTrip({ kind: 'double' }, value)));
    fc.assert(fc.property(fc.float(), (value) => roundTrip({ kind: 'float' }, value)));
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) =>
        roundTrip({ kind: 'int64' }, value),
      ),
    );
    fc.assert(fc.property(fc.bigInt({ min: -999_999n, max: 999_999n }), (value) => roundTrip(MONEY, value)));
  });

  it('writes a float32 as short as it can', () => {
    for (const [value, text] of [
      [0.1, '0.1'],
      [16777216, '16777216'],
      [0.7239439, '0.7239439'],
      [1e-45, '1e-45'],
      [3.4028234663852886e38, '3.4028235e+38'],
    ] as const) {
      assert.equal(renderCell(toVector({ kind: 'float' }, [value]), 0), text);
    }
  });
});

describe('toVector', () => {
  it('holds texts, NULLs among them, which are read back', () => {
    const texts = ['', null, 'naïve 日本語 😀', 'a'];
    const vector = toVector({ kind: 'text' }, texts);
    assert.deepEqual(
      texts.map((_, row) => readValue(vector, row)),
      texts,
    );
  });
});
