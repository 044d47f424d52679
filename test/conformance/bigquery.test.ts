import assert from 'node:assert/strict';
import type { CanonicalType } from '../../src/contract/index.js';
import { openBigquery } from '../support/open-bigquery.js';
import { findBigquery } from '../support/standins/bigquery.js';
import { BIGQUERY_EXPECTATIONS } from './bigquery-expectations.js';
import type { NativeType } from './subject.js';
import { testAdapter } from './suite.js';

const decimal = (precision: number, scale: number): CanonicalType => ({ kind: 'decimal', precision, scale });

/** Values in quotes whose canonical text is what SQL writes. */
function quoted(native: string, type: CanonicalType, ...texts: readonly string[]): NativeType {
  return { native, type, values: texts.map((text) => [`cast('${text}' as ${native})`, text]) };
}

testAdapter({
  kind: 'bigquery',
  tier: 'stand-in',
  async makeDatabase(t) {
    const found = await findBigquery();
    assert.ok(!('missing' in found), 'missing' in found ? found.missing : '');
    t.after(() => found[Symbol.asyncDispose]());
    return { open: () => openBigquery(found.ports), shared: true };
  },
  series: (rows) => `select i from unnest(generate_array(1, ${rows})) as i`,
  looseText: null,
  comment: (what, relation, text) => `alter ${what} ${relation} set options (description = ${text})`,
  elementAt: (array, place) => `${array}[safe_ordinal(${place})]`,
  types: [
    quoted('bool', { kind: 'bool' }, 'true', 'false'),
    quoted('int64', { kind: 'int64' }, '-9223372036854775808', '9223372036854775807'),
    quoted('numeric', decimal(38, 9), '-99999999999999999999999999999.999999999', '0.000000001'),
    quoted('float64', { kind: 'double' }, '1.5', '0.1', 'NaN', '-Infinity'),
    quoted('string', { kind: 'text' }, 'a', 'é', ''),
    { native: 'bytes', type: { kind: 'bytes' }, values: [["from_hex('00ff41')", '00ff41']] },
    quoted('date', { kind: 'date' }, '2024-02-29', '1969-12-31'),
    quoted('time', { kind: 'time' }, '12:34:56.789012', '00:00:00.000000'),
    quoted('datetime', { kind: 'timestamp', zoned: false }, '2024-02-29 12:34:56.789012'),
    {
      native: 'timestamp',
      type: { kind: 'timestamp', zoned: true },
      values: [["timestamp '2024-02-29 12:34:56.789012+02'", '2024-02-29 10:34:56.789012+00:00']],
    },
  ],
  unknownTypes: [
    { sql: "['a', 'b']", native: /ARRAY<STRING>/ },
    { sql: "struct(1 as a, 'x' as b)", native: /STRUCT|RECORD/ },
    { sql: "json '{}'", native: /JSON/ },
    { sql: 'interval 1 day', native: /INTERVAL/ },
  ],
  expectations: BIGQUERY_EXPECTATIONS,
});
