import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { duckdbDialect } from '../../../adapters/duckdb/dialect.js';
import { hashText } from '../../../adapters/postgres/hash-text.js';
import type { Dialect } from '../../../src/contract/index.js';
import { newRenderer } from '../../../src/sql/renderer.js';
import { columnOf, combine, ROW_CASES, VALUE_CASES } from '../../support/hash-vectors.js';
import { postgresUrl, withClient } from '../../support/postgres.js';

/** What the hashes need of Postgres' dialect; names are quoted as in DuckDB. */
const DIALECT: Dialect = {
  ...duckdbDialect,
  kind: 'postgres',
  hashText: ({ name, type }) => hashText(`"${name}"`, type),
};
const NATIVE: Readonly<Record<string, string>> = {
  float: 'real',
  double: 'double precision',
  int64: 'bigint',
  int32: 'integer',
  bytes: 'bytea',
};
const TABLE = { schema: 'pg_temp', name: 'hashed' };

/** Rows of a temporary table with the values, hashed by the template and piece by piece. */
async function hashRows(
  types: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  { url = postgresUrl(), setup = [] }: { readonly url?: string; readonly setup?: readonly string[] } = {},
) {
  const columns = types.map(columnOf);
  const native = types.map((type) => type.replace(/^\w+/, (word) => NATIVE[word] ?? word));
  return withClient(url, async (client) => {
    for (const sql of setup) await client.query(sql);
    const definitions = native.map((type, i) => `c${i} ${type}`);
    await client.query(`create temporary table hashed (n serial, ${definitions.join(', ')})`);
    const names = types.map((_, i) => `c${i}`).join(', ');
    const values = types.map((type, i) => (type === 'bytes' ? `decode($${i + 1}, 'hex')` : `$${i + 1}`));
    for (const row of rows) {
      await client.query(`insert into hashed (${names}) values (${values.join(', ')})`, [...row]);
    }
    const context = { table: TABLE, key: columns.slice(0, 1), values: columns, exceptRun: null };
    const { sql } = newRenderer(DIALECT).render('hash/table', context);
    const set = (await client.query<Record<string, string>>(sql)).rows[0];
    const encoding = columns.map((column) => DIALECT.hashText(column)).join(' || ');
    const pieces = await client.query<{ e: string }>(`select ${encoding} as e from hashed order by n`);
    return { set, encodings: pieces.rows.map(({ e }) => e) };
  });
}

describe('hashes in Postgres', () => {
  for (const [type, cases] of VALUE_CASES) {
    it(`of ${type}`, async () => {
      const { set, encodings } = await hashRows(
        [type],
        cases.map(({ value }) => [value]),
      );
      assert.deepEqual(
        encodings.map((text, i) => [cases[i]?.value, text]),
        cases.map(({ value, piece }) => [value, piece]),
      );
      const key_hash = combine(cases.map(({ hash }) => hash));
      assert.deepEqual({ ...set }, { row_count: String(cases.length), key_hash, value_hash: key_hash });
    });
  }

  for (const { types, rows, hashes } of ROW_CASES) {
    it(`of rows of (${types.join(', ')})`, async () => {
      const { set } = await hashRows(types, rows);
      assert.equal(set?.value_hash, combine(hashes));
    });
  }

  it('of a table without rows are zero', async () => {
    const { set } = await hashRows(['int64'], []);
    assert.deepEqual({ ...set }, { row_count: '0', key_hash: '0'.repeat(16), value_hash: '0'.repeat(16) });
  });

  it('do not depend on the settings of the connection', async () => {
    const types = ['float', 'date', 'timestamptz', 'time', 'bytes'];
    const row = ['0.1', '2024-02-29', '2024-02-29 12:34:56.789012+02:00', '12:34:56.789', 'ff00aa'];
    const settings = [
      "set timezone = 'America/New_York'",
      "set datestyle = 'German, DMY'",
      'set extra_float_digits = -5',
      "set bytea_output = 'escape'",
      "set intervalstyle = 'sql_standard'",
    ];
    const plain = await hashRows(types, [row]);
    assert.deepEqual(await hashRows(types, [row], { setup: settings }), plain);
  });

  it('take the latest timestamp, which 64 bits do not hold when counted from 1970', async () => {
    const { encodings } = await hashRows(['timestamp'], [['294276-12-31 23:59:59']]);
    assert.deepEqual(encodings, ['9224318015999000000;']);
  });

  it('are of UTF-8 in a database of another encoding', async () => {
    const plain = await hashRows(['text'], [['naïve']]);
    const name = `latin1_${process.pid}`;
    await withClient(postgresUrl(), (client) =>
      client.query(`create database ${name} encoding 'LATIN1' locale 'C' template template0`),
    );
    try {
      const url = new URL(postgresUrl());
      url.pathname = `/${name}`;
      assert.deepEqual(await hashRows(['text'], [['naïve']], { url: url.href }), plain);
    } finally {
      await withClient(postgresUrl(), (client) => client.query(`drop database ${name}`));
    }
  });
});
