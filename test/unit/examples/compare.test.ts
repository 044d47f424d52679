import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isScoringError } from '../../../src/contract/index.js';
import { assertGolden, isClose } from '../../../src/examples/compare.js';
import type { ExampleValue } from '../../../src/examples/value.js';

describe('isClose', () => {
  const cases: readonly (readonly [ExampleValue, ExampleValue, number, boolean])[] = [
    [0.5, 0.5, 0, true],
    [0.5000001, 0.5, 1e-6, true],
    [0.50001, 0.5, 1e-6, false],
    // Above 1 the tolerance is relative.
    [1_000_000.5, 1_000_000, 1e-6, true],
    [1_000_002, 1_000_000, 1e-6, false],
    [Number.NaN, Number.NaN, 0, true],
    [0, Number.NaN, 1, false],
    [Number.NaN, 0, 1, false],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, true],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, false],
    [1, Number.POSITIVE_INFINITY, 1, false],
    [-0, 0, 0, true],
    [null, null, 0, true],
    [null, 0, 1, false],
    [0, null, 1, false],
    ['', null, 1, false],
    ['yes', 'yes', 0, true],
    ['yes', 'Yes', 1, false],
    [true, false, 1, false],
    [2n ** 53n + 1n, 2n ** 53n, 1, false],
  ];
  for (const [got, expected, tolerance, close] of cases) {
    it(`${close ? 'takes' : 'refuses'} ${String(got)} for ${String(expected)} within ${tolerance}`, () => {
      assert.equal(isClose(got, expected, tolerance), close);
    });
  }
});

describe('assertGolden', () => {
  it('tells the worst difference of each column and the first rows by their lines', () => {
    const golden = {
      file: 'golden/a.csv',
      tolerance: 0.01,
      lines: [2, 5, 6],
      given: [],
      expected: [
        { name: 'score', type: { kind: 'double' }, output: 1, values: [0.5, 0.5, 0.5] },
        { name: 'label', type: { kind: 'text' }, output: 0, values: ['a', null, 'a'] },
      ],
    } as const;
    const got = [
      ['a', 'a', 'a'],
      [0.5, 0.75, 0.625],
    ];
    assert.throws(
      () => assertGolden(golden, (row, output) => got[output]?.[row] ?? null),
      (error) => {
        assert.ok(isScoringError(error));
        assert.equal(error.code, 'GOLDEN_MISMATCH');
        assert.equal(
          error.message,
          '2 of 3 golden rows of golden/a.csv score differently here: score in 2 rows, by up to 0.25, label in 1 row; line 5: score expected 0.5, got 0.75; line 5: label expected NULL, got a; line 6: score expected 0.5, got 0.625',
        );
        return true;
      },
    );
  });
});
