import type { Expectation, Expectations } from './expectations.js';

const NAMES: Expectation = {
  kind: 'never',
  reason: 'names of BigQuery hold letters, digits, underscores and few other characters',
  fails: /Unexpected character|Invalid (table id|dataset ID)|a dot in the name/,
};

const SCRIPTS: Expectation = {
  kind: 'never',
  reason:
    'a job takes a script as well as a statement; what somebody else wrote goes through a dry run first',
  fails: /it did not fail/,
};

const DIGITS: Expectation = {
  kind: 'never',
  reason:
    'only columns of tables have digits of their own: a literal is a NUMERIC, with nine behind the point',
  fails: /deep-equal/,
};

const WIDE_DECIMALS: Expectation = {
  kind: 'never',
  reason: 'a literal of more digits than NUMERIC has is a BIGNUMERIC of 76 digits, which is read as a double',
  fails: /double|more digits than 38/,
};

const YEARS: Expectation = {
  kind: 'never',
  reason:
    'dates of BigQuery are of the years 1 to 9999, and none is infinite; the stand-in takes some of them',
  fails: /Internal Server Error|deep-equal/,
};

const NO_BITS: Expectation = {
  kind: 'never',
  reason: "no function of BigQuery's SQL gives the bits of a float, and arrays are not told apart",
  fails: /cannot be hashed inside BigQuery/,
};

const ZEROS: Expectation = {
  kind: 'upstream',
  reason: 'the stand-in writes the zeros at the end of a decimal',
  fails: /deep-equal/,
};

const NO_ZERO: Expectation = {
  kind: 'upstream',
  reason: 'the stand-in writes a decimal below 1 without the zero before its point',
  fails: /-\.9+ is not the text/,
};

/** The same expectation of several cases. */
function each(start: string, ends: readonly string[], expectation: Expectation): Expectations {
  return Object.fromEntries(ends.map((end) => [`${start}${end}`, expectation]));
}

const FAR = ['bc', 'after-9999', 'infinity'];

export const BIGQUERY_EXPECTATIONS: Expectations = {
  'describe/odd-column-names': NAMES,
  'read/odd-column-names': NAMES,
  'load/odd-names': NAMES,
  'inspect/odd-names': NAMES,
  'inspect/odd-schemas': NAMES,
  'inspect/wildcards-are-letters': NAMES,
  'dialect/names-stay-as-they-are': NAMES,
  'dialect/a-relation-is-schema-and-name': NAMES,
  'dialect/longest-name-of-x': {
    kind: 'upstream',
    reason: 'the stand-in takes no name of more than 128 characters',
    fails: /Invalid table id/,
  },
  'dialect/longest-name-of-é': NAMES,
  'execute/refuses-two-statements-in-one-atomic': SCRIPTS,
  'execute/refuses-two-statements-in-one-not-atomic': SCRIPTS,
  'query/refuses-two-statements': SCRIPTS,
  'load/float-nan-payloads': {
    kind: 'never',
    reason: 'a float becomes a double, and its NaN keeps the payload there',
    fails: /000000602400f87f/,
  },
  'inspect/finds-what-sql-finds': {
    kind: 'upstream',
    reason: 'the stand-in finds tables whatever the case of their names',
    fails: /mixed/,
  },
  'query/value-decimal-10-2': {
    kind: 'never',
    reason: 'a small result shows a decimal without zeros at its end',
    fails: /1\.10/,
  },
  ...each('dialect/literal-decimal-', ['4-1', '9-3', '10-2', '18-0', '19-0'], DIGITS),
  ...each('dialect/literal-decimal-', ['18-18', '38-0', '38-10', '38-38'], WIDE_DECIMALS),
  ...each('ranges/by-date-', FAR, YEARS),
  ...each('ranges/by-timestamp-', FAR, YEARS),
  ...each('ranges/by-timestamptz-', FAR, YEARS),
  ...each('ranges/by-decimal-', ['18-18', '38-38'], NO_ZERO),
  'ranges/by-time-24': YEARS,
  ...each('dialect/hash-text-', ['date', 'timestamp', 'timestamptz'], YEARS),
  ...each('dialect/hash-text-', ['float', 'double', 'bool[2]', 'int32[3]', 'int64[1]'], NO_BITS),
  ...each('dialect/hash-text-', ['float[3]', 'double[2]', 'float[40]'], NO_BITS),
  ...each(
    'dialect/hash-text-',
    ['decimal(10,2)', 'decimal(3,3)', 'decimal(18,18)', 'decimal(38,10)', 'decimal(20,20)'],
    ZEROS,
  ),
  'dialect/hash-text-uuid': {
    kind: 'never',
    reason: 'a uuid is a text, and hashed as one',
    fails: /36:/,
  },
  'dialect/a-literal-of-what-is-no-value-fails-in-its-quotes': {
    kind: 'upstream',
    reason: 'the stand-in makes something of texts that are no value',
    fails: /it did not fail/,
  },
};
