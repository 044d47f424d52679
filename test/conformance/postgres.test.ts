import type { CanonicalType } from '../../src/contract/index.js';
import { openPostgres } from '../support/open-postgres.js';
import { makeDatabase } from '../support/postgres.js';
import type { NativeType } from './subject.js';
import { testAdapter } from './suite.js';

const TEXT: CanonicalType = { kind: 'text' };
const INT32: CanonicalType = { kind: 'int32' };
const decimal = (precision: number, scale: number): CanonicalType => ({ kind: 'decimal', precision, scale });

/** Values in quotes whose canonical text is what SQL writes. */
function quoted(native: string, type: CanonicalType, ...texts: readonly string[]): NativeType {
  return { native, type, values: texts.map((text) => [`'${text}'`, text]) };
}

testAdapter({
  kind: 'postgres',
  tier: 'embedded',
  async makeDatabase(t) {
    const url = await makeDatabase(t);
    return { open: () => openPostgres({ url }), shared: true };
  },
  series: (rows) => `select i from generate_series(1::bigint, ${rows}) as s(i)`,
  looseText: {
    setUp: [
      "create collation @schema.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ],
    native: 'text collate @schema.loose',
  },
  elementAt: (array, place) => `${array}[${place}]`,
  types: [
    quoted('boolean', { kind: 'bool' }, 'true', 'false'),
    quoted('smallint', INT32, '-32768', '32767'),
    quoted('integer', INT32, '-2147483648', '2147483647'),
    quoted('bigint', { kind: 'int64' }, '-9223372036854775808', '9223372036854775807'),
    quoted('numeric(4,1)', decimal(4, 1), '-999.9', '0.0', '999.9'),
    quoted('numeric(18,4)', decimal(18, 4), '-99999999999999.9999', '10000.0000'),
    quoted('numeric(38,2)', decimal(38, 2), `${'9'.repeat(36)}.99`, '-0.01'),
    quoted('numeric(2,5)', decimal(5, 5), '0.00099', '-0.00001'),
    {
      native: 'numeric',
      type: { kind: 'double' },
      inexact: true,
      values: [
        ['1.5', '1.5'],
        ['123456789012345678901234567890', '1.2345678901234568e+29'],
      ],
    },
    quoted('real', { kind: 'float' }, '1.5', '-0.25', 'NaN', 'Infinity'),
    quoted('double precision', { kind: 'double' }, '1.5', '0.1', 'NaN', '-Infinity'),
    quoted('text', TEXT, 'a', 'é', ''),
    quoted('varchar', TEXT, 'a', 'a  '),
    quoted('varchar(3)', TEXT, 'abc', 'a  '),
    { native: 'char(5)', type: TEXT, values: [["'ab  '", 'ab']] },
    quoted('"char"', TEXT, 'a'),
    quoted('name', TEXT, 'a_name'),
    {
      native: '@schema.mood',
      setUp: ["create type @schema.mood as enum ('sad', 'happy')"],
      type: TEXT,
      values: [
        ["'happy'", 'happy'],
        ["'sad'", 'sad'],
      ],
    },
    {
      native: '@schema.cents',
      setUp: ['create domain @schema.cents as numeric(10,2) check (value >= 0)'],
      type: decimal(10, 2),
      values: [['1.1', '1.10']],
    },
    {
      native: '@schema.code',
      setUp: ['create domain @schema.base as varchar(5)', 'create domain @schema.code as @schema.base'],
      type: TEXT,
      values: [["'x'", 'x']],
    },
    { native: 'bytea', type: { kind: 'bytes' }, values: [["'\\x00ff41'", '00ff41']] },
    quoted('uuid', { kind: 'uuid' }, '01234567-89ab-cdef-0123-456789abcdef'),
    quoted('date', { kind: 'date' }, '2024-02-29', '1969-12-31', 'infinity'),
    quoted('time', { kind: 'time' }, '12:34:56.789012', '00:00:00.000000'),
    { native: 'time(0)', type: { kind: 'time' }, values: [["'12:34:56.789'", '12:34:57.000000']] },
    quoted('timestamp', { kind: 'timestamp', zoned: false }, '2024-02-29 12:34:56.789012', '-infinity'),
    {
      native: 'timestamptz',
      type: { kind: 'timestamp', zoned: true },
      values: [["'2024-02-29 12:34:56.789012+02'", '2024-02-29 10:34:56.789012+00:00']],
    },
  ],
  unknownTypes: [
    { sql: "array['a', 'b']", native: /text\[\]/ },
    { sql: 'array[1.5]', native: /numeric\[\]/ },
    { sql: "'{}'::json", native: /json/ },
    { sql: "'{}'::jsonb", native: /jsonb/ },
    { sql: "interval '1 day'", native: /interval/ },
    { sql: "'12:00:00+02'::timetz", native: /time with time zone/ },
    { sql: 'int4range(1, 2)', native: /int4range/ },
    { sql: "'1.50'::money", native: /money/ },
    { sql: 'point(1, 2)', native: /point/ },
    { sql: "'101'::bit(3)", native: /bit\(3\)/ },
    { sql: "'127.0.0.1'::inet", native: /inet/ },
    { sql: '1::numeric(39,0)', native: /numeric\(39,0\)/ },
    { sql: '1::numeric(1000,500)', native: /numeric\(1000,500\)/ },
  ],
  expectations: {},
});
