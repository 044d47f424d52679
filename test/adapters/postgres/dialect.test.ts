import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import { newPostgresDialect, postgresDialect } from '../../../adapters/postgres/dialect.js';
import { type CanonicalType, renderType } from '../../../src/contract/index.js';
import { queryAll } from '../../support/duckdb.js';
import { type OpenPostgres, openPostgres } from '../../support/open-postgres.js';

/** Canonical texts, and how Postgres shows the value of their literal. */
const LITERALS: readonly [CanonicalType, string, string][] = [
  [{ kind: 'bool' }, 'true', 'true'],
  [{ kind: 'int32' }, '-2147483648', '-2147483648'],
  [{ kind: 'int64' }, '-9223372036854775808', '-9223372036854775808'],
  [{ kind: 'float' }, '0.10000000149011612', '0.1'],
  [{ kind: 'double' }, '5e-324', '5e-324'],
  [{ kind: 'double' }, '-Infinity', '-Infinity'],
  [{ kind: 'double' }, 'NaN', 'NaN'],
  [{ kind: 'decimal', precision: 38, scale: 10 }, '-0.0000000001', '-0.0000000001'],
  [{ kind: 'text' }, `it's "quoted" \\ --; $1 ?`, `it's "quoted" \\ --; $1 ?`],
  [{ kind: 'text' }, '\\x00', '\\x00'],
  [{ kind: 'bytes' }, '00ff41', '\\x00ff41'],
  [{ kind: 'uuid' }, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  [{ kind: 'date' }, '0000-02-29', '0001-02-29 BC'],
  [{ kind: 'date' }, '-4712-01-01', '4713-01-01 BC'],
  [{ kind: 'date' }, '12345-01-01', '12345-01-01'],
  [{ kind: 'date' }, '-infinity', '-infinity'],
  [{ kind: 'time' }, '23:59:59.999999', '23:59:59.999999'],
  [{ kind: 'time' }, '24:00:00.000000', '24:00:00'],
  [{ kind: 'timestamp', zoned: false }, '-0043-03-15 12:00:00.000001', '0044-03-15 12:00:00.000001 BC'],
  [
    { kind: 'timestamp', zoned: true },
    '0000-12-31 23:59:59.999999+00:00',
    '0001-12-31 23:59:59.999999+00 BC',
  ],
  [{ kind: 'timestamp', zoned: true }, 'infinity', 'infinity'],
];

describe('literals on a server', () => {
  let adapter: OpenPostgres;
  before(async () => {
    adapter = await openPostgres();
  });
  after(() => adapter.close());

  for (const [type, text, shown] of LITERALS) {
    it(`${renderType(type)} ${text}`, async () => {
      const literal = postgresDialect.literal({ type, text });
      assert.deepEqual(await queryAll(adapter, `select cast(${literal} as text)`), [[shown]]);
    });
  }
});

test('a text with a NUL byte has no literal', () => {
  assert.throws(() => postgresDialect.literal({ type: { kind: 'text' }, text: 'a\0b' }), {
    code: 'BAD_KEYS',
  });
});

test('identifiers are quoted, and impossible ones refused', () => {
  assert.equal(postgresDialect.ident('a"b'), '"a""b"');
  assert.equal(postgresDialect.ident('é'.repeat(31)), `"${'é'.repeat(31)}"`);
  for (const name of ['', 'a\0b', 'x'.repeat(64), 'é'.repeat(32)]) {
    assert.throws(() => postgresDialect.ident(name), { code: 'PLAN_INVALID' });
  }
});

test('names are folded as the server folds them: ASCII only', () => {
  assert.equal(postgresDialect.fold('ÄbC'), 'Äbc');
});

test("a relation may name the connection's database, and no other", () => {
  const dialect = newPostgresDialect('shop');
  assert.equal(dialect.relation({ database: 'shop', schema: 'a', name: 'b' }), '"a"."b"');
  assert.throws(() => dialect.relation({ database: 'Shop', schema: 'a', name: 'b' }), {
    code: 'PLAN_INVALID',
  });
  assert.throws(() => postgresDialect.relation({ database: 'shop', schema: 'a', name: 'b' }), {
    code: 'PLAN_INVALID',
  });
});

for (const [native, expected] of [
  ['text', '"k" collate "C"'],
  ['character varying(10)', '"k" collate "C"'],
  ['character(3)', 'cast("k" as text) collate "C"'],
  ['public.mood', 'cast("k" as text) collate "C"'],
] as const) {
  test(`a key of type ${native} is compared by its bytes`, () => {
    assert.equal(postgresDialect.keyExpression({ name: 'k', type: { kind: 'text' }, native }), expected);
  });
}
