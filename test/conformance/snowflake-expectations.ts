import type { Expectation, Expectations } from './expectations.js';

const NINETEEN_DIGITS: Expectation = {
  kind: 'never',
  reason: 'a NUMBER of 19 whole digits is what 64-bit integers are made as, and is read as one or refused',
  fails: /beyond 64 bits/,
};

const THIRTY_EIGHT_DIGITS: Expectation = {
  kind: 'upstream',
  reason: 'the stand-in keeps a NUMBER(38,0) in 64 bits',
  fails: /100035|Conversion Error/,
};

const NO_INFINITY: Expectation = {
  kind: 'never',
  reason:
    'Snowflake has no infinite dates and times; the stand-in takes them, and has NULL for their distance',
  fails: /deep-equal|^row 0|^range 0/,
};

const ARRAYS: Expectation = {
  kind: 'never',
  reason: 'no file fills a VECTOR, and an ARRAY keeps its numbers as JSON: outputs are written as columns',
  fails: /Snowflake has no column for/,
};

const THIRTY_EIGHT_BEHIND_THE_POINT: Expectation = {
  kind: 'never',
  reason: 'a decimal has at most 37 digits behind the point',
  fails: /Snowflake has no column for/,
};

const NAMES_OF_THE_DRIVER: Expectation = {
  kind: 'upstream',
  reason:
    'the driver keeps columns in an object by their name, and falls over __proto__, constructor and toString',
  fails: /mapColumnNameToIndices/,
};

const QUOTES_OF_THE_STAND_IN: Expectation = {
  kind: 'upstream',
  reason: 'the stand-in puts names and comments into SQL of its own without doubling their quotes',
  fails: /Unsupported by the stand-in/,
};

const NO_BITS_OF_FLOATS: Expectation = {
  kind: 'never',
  reason: "no function of Snowflake's SQL gives the bits of a float",
  fails: /cannot be hashed inside Snowflake/,
};

const FUNCTIONS_OF_THE_STAND_IN: Expectation = {
  kind: 'upstream',
  reason: 'the stand-in has no octet_length of a text, and its rtrim of characters is another one',
  fails: /octet_length|deep-equal/,
};

/** Cases of values that are read, ordered, cut into ranges, loaded and written as literals. */
const OF_VALUES = [
  'read/exact',
  'read/order-by',
  'read/range-by',
  'load/exact',
  'load/constant',
  'dialect/literal',
];

/** What the stand-in, the driver or Snowflake itself does otherwise than the contract says. */
export const SNOWFLAKE_EXPECTATIONS: Expectations = {
  ...of(
    NINETEEN_DIGITS,
    [...OF_VALUES, 'ranges/by'].map((start) => `${start}-decimal-19-0`),
  ),
  ...of(THIRTY_EIGHT_DIGITS, [
    ...[...OF_VALUES, 'ranges/by'].map((start) => `${start}-decimal-38-0`),
    'dialect/a-literal-is-equal-to-the-value-stored',
    'dialect/hash-text-decimal(38,0)',
  ]),
  ...of(
    THIRTY_EIGHT_BEHIND_THE_POINT,
    [...OF_VALUES, 'ranges/by', 'dialect/type'].map((start) => `${start}-decimal-38-38`),
  ),
  ...of(NO_INFINITY, [
    ...OF_VALUES.flatMap((start) =>
      ['date', 'timestamp', 'timestamptz'].map((type) => `${start}-${type}-infinity`),
    ),
    ...['date', 'timestamp', 'timestamptz'].map((type) => `dialect/hash-text-${type}`),
  ]),
  ...of(ARRAYS, [
    ...['bool', 'int32', 'int64', 'float', 'double'].map((element) => `load/array-of-${element}`),
    ...['load/arrays-without-nulls', 'load/arrays-of-one', 'load/long-arrays', 'load/constant-array'],
    ...['inspect/arrays', 'read/refuses-arrays', 'read/beside-arrays'],
    ...['bool[2]', 'int32[3]', 'int64[1]', 'float[3]', 'float[40]', 'double[2]'].map(
      (type) => `dialect/hash-text-${type}`,
    ),
  ]),
  ...of(NAMES_OF_THE_DRIVER, [
    'describe/odd-column-names',
    'read/odd-column-names',
    'query/names-of-columns',
  ]),
  ...of(QUOTES_OF_THE_STAND_IN, [
    'inspect/odd-names',
    'inspect/odd-schemas',
    'inspect/stamps',
    'dialect/names-stay-as-they-are',
  ]),
  ...of(NO_BITS_OF_FLOATS, ['dialect/hash-text-float', 'dialect/hash-text-double']),
  ...of(
    FUNCTIONS_OF_THE_STAND_IN,
    ['text', 'uuid', ...['10,2', '3,3', '18,18', '38,10', '20,20'].map((digits) => `decimal(${digits})`)].map(
      (type) => `dialect/hash-text-${type}`,
    ),
  ),
  'dialect/a-literal-of-what-is-no-value-fails-in-its-quotes': {
    kind: 'upstream',
    reason: 'the stand-in takes texts for bytes that are no digits of them',
    fails: /it did not fail/,
  },
  'inspect/finds-what-sql-finds': {
    kind: 'upstream',
    reason: 'the stand-in finds a quoted name whatever its case',
    fails: /^mixed/,
  },
  'inspect/a-stamp-that-was-taken-away': {
    kind: 'never',
    reason: 'a comment is taken away by an empty one, not by NULL',
    fails: /syntax error/,
  },
  'read/question-marks-and-dollars-are-text': {
    kind: 'never',
    reason: 'in single quotes a backslash begins an escape sequence',
    fails: /deep-equal/,
  },
  'load/double-nan-payloads': {
    kind: 'never',
    reason: 'files of CSV, and Snowflake too, know one NaN',
    fails: /^row 3/,
  },
};

function of(expectation: Expectation, ids: readonly string[]): Expectations {
  return Object.fromEntries(ids.map((id) => [id, expectation]));
}
