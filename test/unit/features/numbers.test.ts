import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toFloat32 } from '../../../src/features/numbers.js';

const SEED = 20_240_607;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** The float32 nearest to an integer, ties to even, in integers alone. */
function nearestFloat32(value: bigint): number {
  const size = value < 0n ? -value : value;
  const shift = Math.max(size.toString(2).length - 24, 0);
  const unit = 1n << BigInt(shift);
  const below = size / unit;
  const twice = (size - below * unit) * 2n;
  const up = twice > unit || (twice === unit && below % 2n === 1n);
  const rounded = Number((below + (up ? 1n : 0n)) * unit);
  return value < 0n ? -rounded : rounded;
}

const CASES: readonly bigint[] = [
  0n,
  1n,
  -1n,
  2n ** 24n + 1n,
  2n ** 24n + 3n,
  -(2n ** 24n + 1n),
  2n ** 53n + 1n,
  // Rounded to a double first, these become ties that then go the wrong way.
  2n ** 60n + 2n ** 36n + 1n,
  -(2n ** 60n + 2n ** 36n + 1n),
  2n ** 60n + 3n * 2n ** 36n - 1n,
  2n ** 60n + 2n ** 36n,
  2n ** 60n + 3n * 2n ** 36n,
  2n ** 62n - 2n ** 37n - 1n,
  INT64_MAX,
  INT64_MIN,
];

for (const value of CASES) {
  test(`toFloat32 rounds ${value} once`, () => {
    assert.equal(toFloat32(value), nearestFloat32(value));
  });
}

test('toFloat32 is the nearest float32 of every int64', (t) => {
  t.diagnostic(`seed ${SEED}`);
  const any = fc.bigInt({ min: INT64_MIN, max: INT64_MAX });
  fc.assert(
    fc.property(any, (value) => assert.equal(toFloat32(value), nearestFloat32(value))),
    { seed: SEED, numRuns: 20_000 },
  );
});

test('toFloat32 is right beside every tie', (t) => {
  t.diagnostic(`seed ${SEED}`);
  const beside = fc
    .record({
      mantissa: fc.bigInt({ min: 2n ** 23n, max: 2n ** 24n - 1n }),
      shift: fc.bigInt({ min: 1n, max: 38n }),
      nudge: fc.bigInt({ min: -2n, max: 2n }),
      negative: fc.boolean(),
    })
    .map(({ mantissa, shift, nudge, negative }) => {
      const tie = (mantissa << shift) + (1n << (shift - 1n)) + nudge;
      return negative ? -tie : tie;
    });
  fc.assert(
    fc.property(beside, (value) => assert.equal(toFloat32(value), nearestFloat32(value))),
    { seed: SEED, numRuns: 20_000 },
  );
});
