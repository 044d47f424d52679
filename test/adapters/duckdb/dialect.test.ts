import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { duckdbDialect } from '../../../adapters/duckdb/dialect.js';
import { type CanonicalType, renderType } from '../../../src/contract/index.js';
import { openDuckdb, queryAll } from '../../support/duckdb.js';
import { makeFolder } from '../../support/project.js';

/** Canonical texts, and how DuckDB shows the value of their literal. */
const LITERALS: readonly [CanonicalType, string, string][] = [
  [{ kind: 'bool' }, 'true', 'true'],
  [{ kind: 'int64' }, '-9223372036854775808', '-9223372036854775808'],
  [{ kind: 'decimal', precision: 38, scale: 10 }, '-0.0000000001', '-0.0000000001'],
  [{ kind: 'text' }, `it's "quoted" \\ --;`, `it's "quoted" \\ --;`],
  [{ kind: 'bytes' }, '00ff41', '\\x00\\xFFA'],
  [{ kind: 'uuid' }, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  [{ kind: 'date' }, '0000-02-29', '0001-02-29 (BC)'],
  [{ kind: 'date' }, '-5877641-06-25', '5877642-06-25 (BC)'],
  [{ kind: 'date' }, '12345-01-01', '12345-01-01'],
  [{ kind: 'date' }, '-infinity', '-infinity'],
  [{ kind: 'time' }, '23:59:59.999999', '23:59:59.999999'],
  [{ kind: 'timestamp', zoned: false }, '-0043-03-15 12:00:00.000001', '0044-03-15 (BC) 12:00:00.000001'],
  [
    { kind: 'timestamp', zoned: true },
    '0000-12-31 23:59:59.999999+00:00',
    '0001-12-31 (BC) 23:59:59.999999+00',
  ],
  [{ kind: 'timestamp', zoned: true }, 'infinity', 'infinity'],
];

for (const [type, text, shown] of LITERALS) {
  test(`literal of ${renderType(type)} ${text}`, async (t) => {
    await using adapter = await openDuckdb(join(makeFolder(t), 'literals.duckdb'));
    const sql = `select cast(${duckdbDialect.literal({ type, text })} as varchar)`;
    assert.deepEqual(await queryAll(adapter, sql), [[shown]]);
  });
}

test('a text with a NUL byte has no literal', () => {
  assert.throws(() => duckdbDialect.literal({ type: { kind: 'text' }, text: 'a\0b' }), { code: 'BAD_KEYS' });
});

test('identifiers are quoted, and impossible ones refused', () => {
  assert.equal(duckdbDialect.ident('a"b'), '"a""b"');
  for (const name of ['', 'a\0b', 'é'.repeat(128)]) {
    assert.throws(() => duckdbDialect.ident(name), { code: 'PLAN_INVALID' });
  }
});
