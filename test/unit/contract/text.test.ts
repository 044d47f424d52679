import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CanonicalType, renderType, valueToText } from '../../../src/contract/index.js';
import { makeVector } from '../../support/vectors.js';

const DATE = { kind: 'date' } as const;
const TIME = { kind: 'time' } as const;
const WALL_CLOCK = { kind: 'timestamp', zoned: false } as const;
const INSTANT = { kind: 'timestamp', zoned: true } as const;
const UUID = { kind: 'uuid' } as const;
const INT64_MAX = 2n ** 63n - 1n;
const DAY = 86_400_000_000n;

const CASES: readonly [CanonicalType, number | bigint | boolean | string, string][] = [
  [{ kind: 'bool' }, true, 'true'],
  [{ kind: 'bool' }, false, 'false'],
  [{ kind: 'int32' }, -2_147_483_648, '-2147483648'],
  [{ kind: 'int64' }, INT64_MAX, '9223372036854775807'],
  [{ kind: 'int64' }, -INT64_MAX - 1n, '-9223372036854775808'],
  [{ kind: 'double' }, 5e-324, '5e-324'],
  [{ kind: 'text' }, '', ''],
  [{ kind: 'text' }, '\uFEFFé😀\0', '\uFEFFé😀\0'],
  [{ kind: 'bytes' }, 'Az', '417a'],
  [decimal(18, 4), 999_999_999_999_999_999n, '99999999999999.9999'],
  [decimal(18, 4), -1n, '-0.0001'],
  [decimal(18, 18), -999_999_999_999_999_999n, '-0.999999999999999999'],
  [decimal(18, 0), -7n, '-7'],
  [decimal(38, 10), 10n ** 38n - 1n, '9999999999999999999999999999.9999999999'],
  [decimal(38, 10), -(10n ** 38n) + 1n, '-9999999999999999999999999999.9999999999'],
  [decimal(38, 0), -(2n ** 64n), '-18446744073709551616'],
  [decimal(19, 1), -1n, '-0.1'],
  [UUID, 0n, '00000000-0000-0000-0000-000000000000'],
  [UUID, 2n ** 128n - 1n, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  [UUID, 0x8000_0000_0000_0000_0000_0000_0000_0001n, '80000000-0000-0000-0000-000000000001'],
  [UUID, 0x0190_0000_0000_7000_ffff_ffff_ffff_ffffn, '01900000-0000-7000-ffff-ffffffffffff'],
  [DATE, 0, '1970-01-01'],
  [DATE, -1, '1969-12-31'],
  [DATE, 11_016, '2000-02-29'],
  [DATE, -719_528, '0000-01-01'],
  [DATE, -719_529, '-0001-12-31'],
  [DATE, 2_932_896, '9999-12-31'],
  [DATE, 2_932_897, '10000-01-01'],
  [DATE, 2_147_483_646, '5881580-07-10'],
  [DATE, -2_147_483_646, '-5877641-06-25'],
  [DATE, 2_147_483_647, 'infinity'],
  [DATE, -2_147_483_647, '-infinity'],
  [TIME, 0n, '00:00:00.000000'],
  [TIME, DAY - 1n, '23:59:59.999999'],
  [TIME, DAY, '24:00:00.000000'],
  [WALL_CLOCK, 0n, '1970-01-01 00:00:00.000000'],
  [WALL_CLOCK, -1n, '1969-12-31 23:59:59.999999'],
  [WALL_CLOCK, 1_000_001n, '1970-01-01 00:00:01.000001'],
  [WALL_CLOCK, -719_529n * DAY, '-0001-12-31 00:00:00.000000'],
  [WALL_CLOCK, INT64_MAX - 1n, '294247-01-10 04:00:54.775806'],
  [WALL_CLOCK, INT64_MAX, 'infinity'],
  [WALL_CLOCK, -INT64_MAX, '-infinity'],
  [INSTANT, -1n, '1969-12-31 23:59:59.999999+00:00'],
  [INSTANT, INT64_MAX, 'infinity'],
];

for (const [type, value, text] of CASES) {
  test(`${renderType(type)} ${JSON.stringify(text)}`, () => {
    // In the second row, so that the row's own place counts.
    assert.equal(valueToText(makeVector(type, [value, value]), 1), text);
  });
}

function decimal(precision: number, scale: number): CanonicalType {
  return { kind: 'decimal', precision, scale };
}
