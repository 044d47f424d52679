import type { CanonicalType } from '../../src/contract/index.js';
import { newDatabase, openSnowflake, snowflakePort, standinConfig } from '../support/open-snowflake.js';
import { SNOWFLAKE_EXPECTATIONS } from './snowflake-expectations.js';
import type { NativeType } from './subject.js';
import { testAdapter } from './suite.js';

const TEXT: CanonicalType = { kind: 'text' };
const decimal = (precision: number, scale: number): CanonicalType => ({ kind: 'decimal', precision, scale });

/** Values in quotes whose canonical text is what SQL writes. */
function quoted(native: string, type: CanonicalType, ...texts: readonly string[]): NativeType {
  return { native, type, values: texts.map((text) => [`'${text}'`, text]) };
}

/** Values whose SQL is their canonical text. */
function plain(native: string, type: CanonicalType, ...texts: readonly string[]): NativeType {
  return { native, type, values: texts.map((text) => [text, text]) };
}

testAdapter({
  kind: 'snowflake',
  tier: 'stand-in',
  async makeDatabase() {
    const config = standinConfig(await snowflakePort(), newDatabase());
    return { open: () => openSnowflake(config), shared: true };
  },
  series: (rows) =>
    `select cast(row_number() over (order by seq8()) as number(19,0)) as i from table(generator(rowcount => ${rows}))`,
  // The stand-in knows no collations.
  looseText: null,
  elementAt: (array, place) => `${array}[${place - 1}]`,
  types: [
    plain('boolean', { kind: 'bool' }, 'true', 'false'),
    plain('number(4,0)', { kind: 'int32' }, '-9999', '9999'),
    plain('number(9,0)', { kind: 'int32' }, '-999999999', '999999999'),
    plain('number(10,0)', { kind: 'int64' }, '9999999999'),
    plain('number(19,0)', { kind: 'int64' }, '-9223372036854775808', '9223372036854775807'),
    plain('number(38,0)', decimal(38, 0), '-9223372036854775808', '9007199254740993'),
    plain('number(4,1)', decimal(4, 1), '-999.9', '0.0', '999.9'),
    plain('number(18,4)', decimal(18, 4), '-99999999999999.9999', '10000.0000'),
    plain('number(38,2)', decimal(38, 2), `${'9'.repeat(36)}.99`, '-0.01'),
    plain('float', { kind: 'double' }, '1.5', '-0.25', '0.1'),
    {
      native: 'double',
      type: { kind: 'double' },
      values: [
        ["cast('NaN' as double)", 'NaN'],
        ["cast('-inf' as double)", '-Infinity'],
      ],
    },
    quoted('varchar', TEXT, 'a', 'é', ''),
    quoted('varchar(3)', TEXT, 'abc', 'a  '),
    quoted('char(5)', TEXT, 'ab'),
    { native: 'binary', type: { kind: 'bytes' }, values: [["to_binary('00ff41', 'HEX')", '00ff41']] },
    quoted('date', { kind: 'date' }, '2024-02-29', '1969-12-31'),
    quoted('time(6)', { kind: 'time' }, '12:34:56.789012', '00:00:00.000000'),
    quoted('timestamp_ntz(6)', { kind: 'timestamp', zoned: false }, '2024-02-29 12:34:56.789012'),
    {
      native: 'timestamp_tz(6)',
      type: { kind: 'timestamp', zoned: true },
      values: [["'2024-02-29 12:34:56.789012+02:00'", '2024-02-29 10:34:56.789012+00:00']],
    },
  ],
  unknownTypes: [
    { sql: "parse_json('1')", native: /variant/ },
    { sql: "object_construct('a', 1)", native: /object|variant/ },
    { sql: 'array_construct(1, 2)', native: /array|variant/ },
  ],
  expectations: SNOWFLAKE_EXPECTATIONS,
});
