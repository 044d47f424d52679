import type { CanonicalType } from '../../src/contract/index.js';

/** Texts that something on the way from table to vector to table may take for something else. */
export const TEXTS: Readonly<Record<string, string>> = {
  empty: '',
  blank: ' ',
  'trailing blanks': 'a  ',
  'leading blanks': '  a',
  'tab and line feed': 'a\tb\nc',
  'carriage return': 'a\r\nb\r',
  'vertical tab and escape': '\u000b\u001b[31m\u0007',
  'delete and C1': '\u007f\u0080\u009f',
  quote: "it's",
  'quotes only': "'''",
  'double quotes': '"a" ""',
  backslash: '\\',
  'trailing backslash': "a\\'",
  'copy null': '\\N',
  'copy end': '\\.',
  'null word': 'NULL',
  'escape text': "E'\\x27'",
  'hex text': '\\x00ff',
  'dollar quotes': '$$ $tag$ $1 ?',
  'template literal': '${process.env.HOME}',
  handlebars: '{{ident "x"}} {{{x}}} {{> p}}',
  percent: '%s %d 100% _ %',
  colon: ':name ::int',
  statement: "'; drop table canary; --",
  comment: '/* -- */ --',
  separators: 'a,b;c|d\u0001e\u001ff',
  'zero width': 'a\u200bb\u200d\u2060c',
  'line separators': 'a\u2028b\u2029c\u0085d',
  'right to left': '\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627',
  combining: 'e\u0301\u0323 \u1e69\u0307',
  precomposed: '\u00e9 \u00c5 \u212b',
  'sharp s': 'straße STRASSE ﬁ',
  'dotless i': 'ıİiI',
  emoji: '\u{1f600}\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u{1f1e9}\u{1f1ea}',
  'surrogate pairs': '\u{10000}\u{10ffff}\u{1d11e}',
  'last of the plane': '\uffff\ufffe\ue000',
  'replacement character': '\ufffd',
  digits: '00012',
  'exponent word': '1e5',
  'twelve bytes': 'abcdefghijkl',
  'thirteen bytes': 'abcdefghijklm',
  'long by two-byte letters': 'é'.repeat(2000),
};

/** A text that many decoders cut. */
export const BYTE_ORDER_MARK = '\ufeffa\ufeff';

/** Byte strings that are no UTF-8, as a text vector may hold them: refused or kept to the byte, never changed. */
export const BROKEN_TEXTS: Readonly<Record<string, readonly number[]>> = {
  'lone high surrogate': [0xed, 0xa0, 0x80],
  'lone low surrogate': [0xed, 0xbf, 0xbf],
  'overlong slash': [0xc0, 0xaf],
  'cut in the middle': [0x61, 0xe2, 0x82],
  'bare continuation': [0x80],
  'beyond unicode': [0xf4, 0x90, 0x80, 0x80],
  'all ones': [0xff, 0xff],
};

/** Names that are none without quotes, or that try to leave them. */
export const IDENTIFIERS: readonly string[] = [
  'select',
  'order',
  'user',
  'table',
  'null',
  'MixedCase',
  'UPPER',
  'with space',
  ' leading',
  'trailing ',
  'a.b',
  'a"b',
  '"',
  '""',
  "it's",
  '`back`',
  '[brackets]',
  'x"; drop table canary; --',
  "x'; drop table canary; --",
  '{{ident "x"}}',
  '${x}',
  '$1',
  '?',
  ':name',
  '%',
  'a_b',
  'back\\slash',
  'new\nline',
  'tab\there',
  'semi;colon',
  'com,ma',
  '--',
  '/*',
  'naïve',
  'e\u0301',
  '数据',
  'Ωmega',
  '\u{1f600}',
  '\u202eevil',
  '__proto__',
  'constructor',
  'toString',
  '1st',
  '0',
  'rowid',
  '_n',
  'source',
];

const decimal = (precision: number, scale: number): CanonicalType => ({ kind: 'decimal', precision, scale });
const NINES = (count: number): string => '9'.repeat(count);

/** Values of a type by their canonical texts, ascending in the order of keys. */
export interface Corpus {
  readonly name: string;
  readonly type: CanonicalType;
  readonly texts: readonly string[];
}

const TEXT_KEYS = [
  '',
  ' ',
  'A',
  'AB',
  'B',
  'Z',
  'a',
  'a ',
  'a  b',
  'ab',
  'b',
  '~',
  'É',
  'é',
  'ﬁ',
  '\uffff',
  '😀',
];

/** Values that every warehouse has, with the edges where digits get lost. */
export const CORPORA: readonly Corpus[] = [
  { name: 'bool', type: { kind: 'bool' }, texts: ['false', 'true'] },
  {
    name: 'int32',
    type: { kind: 'int32' },
    texts: ['-2147483648', '-65536', '-1', '0', '1', '32768', '16777217', '2147483647'],
  },
  {
    name: 'int64',
    type: { kind: 'int64' },
    texts: [
      '-9223372036854775808',
      '-9007199254740993',
      '-9007199254740992',
      '-9007199254740991',
      '-4294967296',
      '-1',
      '0',
      '1',
      '4294967295',
      '4294967296',
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '9223372036854775806',
      '9223372036854775807',
    ],
  },
  {
    name: 'decimal-4-1',
    type: decimal(4, 1),
    texts: ['-999.9', '-0.1', '0.0', '0.1', '999.9'],
  },
  {
    name: 'decimal-9-3',
    type: decimal(9, 3),
    texts: ['-999999.999', '-0.001', '0.000', '0.001', '10000.000', '999999.999'],
  },
  {
    name: 'decimal-10-2',
    type: decimal(10, 2),
    texts: ['-99999999.99', '-1.10', '-0.01', '0.00', '0.01', '0.10', '1.00', '10000.00', '99999999.99'],
  },
  {
    name: 'decimal-18-0',
    type: decimal(18, 0),
    texts: [`-${NINES(18)}`, '-9007199254740993', '-1', '0', '1', '10000', '9007199254740993', NINES(18)],
  },
  {
    name: 'decimal-18-18',
    type: decimal(18, 18),
    texts: [`-0.${NINES(18)}`, '-0.000000000000000001', '0.000000000000000000', `0.${NINES(18)}`],
  },
  {
    name: 'decimal-19-0',
    type: decimal(19, 0),
    texts: [`-${NINES(19)}`, '-9223372036854775809', '-1', '0', '1', '9223372036854775808', NINES(19)],
  },
  {
    name: 'decimal-38-0',
    type: decimal(38, 0),
    texts: [
      `-${NINES(38)}`,
      '-18446744073709551617',
      '-18446744073709551616',
      '-18446744073709551615',
      '-1',
      '0',
      '1',
      '18446744073709551615',
      '18446744073709551616',
      '18446744073709551617',
      NINES(38),
    ],
  },
  {
    name: 'decimal-38-10',
    type: decimal(38, 10),
    texts: [
      `-${NINES(28)}.${NINES(10)}`,
      '-0.0000000001',
      '0.0000000000',
      '0.0000000001',
      '12345.6789012345',
    ],
  },
  {
    name: 'decimal-38-38',
    type: decimal(38, 38),
    texts: [`-0.${NINES(38)}`, `-0.${'0'.repeat(37)}1`, `0.${'0'.repeat(38)}`, `0.${NINES(38)}`],
  },
  { name: 'text', type: { kind: 'text' }, texts: TEXT_KEYS },
  {
    name: 'uuid',
    type: { kind: 'uuid' },
    texts: [
      '00000000-0000-0000-0000-000000000000',
      '00000000-0000-0000-0000-000000000001',
      '00000000-0000-0000-ffff-ffffffffffff',
      '01234567-89ab-cdef-0123-456789abcdef',
      '7fffffff-ffff-ffff-ffff-ffffffffffff',
      '80000000-0000-0000-0000-000000000000',
      'fedcba98-7654-3210-fedc-ba9876543210',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ],
  },
  {
    name: 'date',
    type: { kind: 'date' },
    texts: [
      '0001-01-01',
      '1582-10-04',
      '1582-10-15',
      '1899-12-31',
      '1969-12-31',
      '1970-01-01',
      '2000-02-29',
      '2024-02-29',
      '9999-12-31',
    ],
  },
  {
    name: 'time',
    type: { kind: 'time' },
    texts: ['00:00:00.000000', '00:00:00.000001', '12:34:56.789012', '12:34:56.789013', '23:59:59.999999'],
  },
  {
    name: 'timestamp',
    type: { kind: 'timestamp', zoned: false },
    texts: timestamps(''),
  },
  {
    name: 'timestamptz',
    type: { kind: 'timestamp', zoned: true },
    texts: timestamps('+00:00'),
  },
];

/** Values that only some warehouses have; each a case of its own. */
export const FAR_CORPORA: readonly Corpus[] = [
  {
    name: 'date-bc',
    type: { kind: 'date' },
    texts: ['-4712-01-01', '-0043-03-15', '0000-02-29', '0000-12-31'],
  },
  { name: 'date-after-9999', type: { kind: 'date' }, texts: ['9999-12-31', '10000-01-01', '12345-06-07'] },
  { name: 'date-infinity', type: { kind: 'date' }, texts: ['-infinity', '1970-01-01', 'infinity'] },
  { name: 'time-24', type: { kind: 'time' }, texts: ['23:59:59.999999', '24:00:00.000000'] },
  ...[false, true].flatMap((zoned): readonly Corpus[] => {
    const [name, zone, type] = [`timestamp${zoned ? 'tz' : ''}`, zoned ? '+00:00' : '', zoned] as const;
    return [
      {
        name: `${name}-bc`,
        type: { kind: 'timestamp', zoned: type },
        texts: [
          `-4712-01-01 00:00:00.000000${zone}`,
          `-0043-03-15 12:00:00.000001${zone}`,
          `0000-12-31 23:59:59.999999${zone}`,
        ],
      },
      {
        name: `${name}-after-9999`,
        type: { kind: 'timestamp', zoned: type },
        texts: [`10000-01-01 00:00:00.000000${zone}`, `12345-06-07 08:09:10.111213${zone}`],
      },
      {
        name: `${name}-infinity`,
        type: { kind: 'timestamp', zoned: type },
        texts: ['-infinity', `1970-01-01 00:00:00.000000${zone}`, 'infinity'],
      },
    ];
  }),
];

/** Types that are loaded and read but are no keys, so that their order does not matter. */
export const UNORDERED_CORPORA: readonly Corpus[] = [
  {
    name: 'bytes',
    type: { kind: 'bytes' },
    texts: [
      '',
      '00',
      'ff',
      '5c',
      '27',
      '00ff41',
      '5c7830',
      Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('hex'),
    ],
  },
  {
    name: 'float',
    type: { kind: 'float' },
    texts: [
      0,
      1,
      -1.5,
      0.1,
      1 / 3,
      16777216,
      2 ** -149,
      2 ** -126,
      -(2 ** -126),
      3.4028234663852886e38,
      -3.4028234663852886e38,
    ].map((value) => String(Math.fround(value))),
  },
  {
    name: 'double',
    type: { kind: 'double' },
    texts: [
      0,
      1,
      -1.5,
      0.1,
      0.1 + 0.2,
      1 / 3,
      2 ** 53,
      1e21,
      1e-7,
      5e-324,
      2.2250738585072014e-308,
      -2.225073858507201e-308,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
    ].map(String),
  },
  { name: 'float-nonfinite', type: { kind: 'float' }, texts: ['NaN', 'Infinity', '-Infinity'] },
  { name: 'double-nonfinite', type: { kind: 'double' }, texts: ['NaN', 'Infinity', '-Infinity'] },
];

function timestamps(zone: string): readonly string[] {
  return [
    '0001-01-01 00:00:00.000000',
    '1582-10-15 12:00:00.000000',
    '1969-12-31 23:59:59.999999',
    '1970-01-01 00:00:00.000000',
    '1970-01-01 00:00:00.000001',
    '2024-02-29 12:34:56.789012',
    '2024-02-29 12:34:56.789013',
    '2024-03-31 02:30:00.000000',
    '2024-10-27 02:30:00.000000',
    '9999-12-31 23:59:59.999999',
  ].map((text) => `${text}${zone}`);
}
