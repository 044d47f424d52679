import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbDialect } from '../../adapters/duckdb/dialect.js';
import { exitCodeOf, isScoringError } from '../../src/contract/index.js';
import { newRenderer } from '../../src/sql/renderer.js';
import { renderUserSql, splitUserSql } from '../../src/sql/user-sql.js';
import { PAYLOADS } from '../support/payloads.js';

const text = (value: string) => duckdbDialect.literal({ type: { kind: 'text' }, text: value });

describe('injection into DuckDB', () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;

  before(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await connection.run('create table canary as select 1 as alive');
  });

  after(() => {
    connection.closeSync();
    instance.closeSync();
  });

  /** The rows of SQL that must be one statement, with the canary alive afterwards. */
  const runOne = async (sql: string): Promise<readonly (readonly unknown[])[]> => {
    assert.equal((await connection.extractStatements(sql)).count, 1, sql);
    const rows = (await connection.runAndReadAll(sql)).getRows();
    assert.deepEqual((await connection.runAndReadAll('from canary')).getRows(), [[1]]);
    return rows;
  };

  for (const payload of PAYLOADS) {
    const shown = JSON.stringify(payload);

    it(`${shown} is a literal`, async () => {
      assert.deepEqual(await runOne(`select ${text(payload)}`), [[payload]]);
    });

    it(`${shown} is a table and a column`, async () => {
      const { ident } = duckdbDialect;
      const relation = duckdbDialect.relation({ schema: 'main', name: `${payload}_table` });
      await runOne(`create table ${relation} (${ident(payload)} integer)`);
      const names = await runOne(
        'select table_name, column_name from duckdb_columns() where schema_name = current_schema()',
      );
      assert.ok(
        names.some(([table, column]) => table === `${payload}_table` && column === payload),
        JSON.stringify(names),
      );
      await runOne(`drop table ${relation}`);
    });

    it(`${shown} is a schema`, async () => {
      const { ident } = duckdbDialect;
      await runOne(`create schema ${ident(payload)}`);
      const relation = duckdbDialect.relation({ schema: payload, name: payload });
      await runOne(`create view ${relation} as select ${text(payload)} as ${ident(payload)}`);
      assert.deepEqual(await runOne(`select ${ident(payload)} from ${relation}`), [[payload]]);
      await runOne(`drop schema ${ident(payload)} cascade`);
    });

    it(`${shown} passes through the templates`, async () => {
      const sql = newRenderer(duckdbDialect);
      const view = { schema: 'main', name: `${payload}_view` };
      const columns = [{ name: payload, uuid: null, text: payload, instant: null }];
      const table = { schema: 'main', name: 'canary' };
      await runOne(sql.render('publish/view_replace', { view, table, columns }).sql);
      await runOne(sql.render('publish/view_comment', { view, comment: payload }).sql);
      const [[comment] = []] = await runOne(
        `select comment from duckdb_views() where view_name = ${text(view.name)}`,
      );
      assert.equal(comment, payload);
      assert.deepEqual(await runOne(sql.render('publish/preview', { view, limit: 1 }).sql), [[payload]]);
      await runOne(`drop view ${duckdbDialect.relation(view)}`);
    });

    it(`${shown} is a value of a var`, async () => {
      const sql = renderUserSql('select {{var "v"}} as v', { v: payload }, duckdbDialect, 'source.sql');
      assert.deepEqual(await runOne(sql), [[payload]]);
    });
  }

  for (const [type, values] of [
    ['int64', ['9223372036854775807', '-9223372036854775808']],
    ['double', ['0.1', '1e-320', 'NaN', '-Infinity']],
    ['bool', ['true', 'false']],
  ] as const) {
    it(`${type} literals keep every digit`, async () => {
      for (const value of values) {
        const literal = duckdbDialect.literal({ type: { kind: type }, text: value });
        const [[read] = []] = await runOne(`select ${literal}`);
        assert.equal(String(read), String(type === 'double' ? Number(value) : value));
      }
    });
  }

  for (const name of ['', 'a\0b', 'x'.repeat(256), 'é'.repeat(128)]) {
    it(`refuses ${JSON.stringify(name.slice(0, 5))} of ${name.length} characters as a name: exit code 2`, () => {
      assert.throws(
        () => duckdbDialect.ident(name),
        (error) => exitCodeOf(error) === 2,
      );
    });
  }

  it('refuses a NUL byte in a literal, which would end the text early', () => {
    assert.throws(
      () => text('a\0; drop table canary'),
      (error) => isScoringError(error) && error.code === 'BAD_KEYS',
    );
  });

  for (const value of ["1'; drop table canary; --", '1); drop table canary; --', 'x']) {
    it(`${JSON.stringify(value)} is no number: refused by the warehouse, in quotes`, async () => {
      const literal = duckdbDialect.literal({ type: { kind: 'int64' }, text: value });
      await assert.rejects(runOne(`select ${literal}`), /Conversion Error/);
    });
  }
});

describe('SQL that the user wrote', () => {
  const vars = { country: 'FR', limit: 10, share: 0.5, big: 2 ** 60, all: true };
  const render = (sql: string) => renderUserSql(sql, vars, duckdbDialect, 'targets/x.yml: source.sql');

  for (const [sql, rendered] of [
    ['select {{var "country"}}', "select 'FR'"],
    ['select {{ var "limit" }}', "select cast('10' as bigint)"],
    ['select {{var "share"}}', "select cast('0.5' as double)"],
    ['select {{var "big"}}', `select cast('${2 ** 60}' as double)`],
    ["select {{var 'all'}}", "select cast('true' as boolean)"],
    ['select {{{var "country"}}}', "select 'FR'"],
    ['select 1;', 'select 1'],
    ['select 1 -- {a}', 'select 1 -- {a}'],
    ["select '<&>'", "select '<&>'"],
  ] as const) {
    it(`${sql} is ${rendered}`, () => {
      assert.equal(render(sql), rendered);
    });
  }

  for (const sql of [
    'select {{var "contry"}}',
    'select {{var "__proto__"}}',
    'select {{var "constructor"}}',
    'select {{var country}}',
    'select {{var}}',
    'select {{var 1}}',
    'select {{country}}',
    'select {{constructor}}',
    'select {{constructor.constructor}}',
    'select {{__proto__}}',
    'select {{toString}}',
    'select {{this}}',
    'select {{@root}}',
    'select {{lookup this "__proto__"}}',
    'select {{lookup (lookup this "constructor") "name"}}',
    'select {{#with "x"}}{{this}}{{/with}}',
    'select {{#each this}}1{{/each}}',
    'select {{#if this}}1{{/if}}',
    'select {{log "here"}}',
    'select {{helperMissing}}',
    'select {{blockHelperMissing "x"}}',
    'select {{> p}}',
    'select {{#> p}}1{{/p}}',
    'select {{* decorate}}',
    'select {{#*inline "p"}}1{{/inline}}',
    'select {{env.X}}',
    'select {{process.env.HOME}}',
    'select {{upper "x"}}',
    'select {{ident "x"}}',
    'select {{rawQuery "x"}}',
    'select {{',
    'select {{/if}}',
  ]) {
    it(`${sql} is refused: exit code 2, with the place and what is allowed`, (t) => {
      const logged = t.mock.method(globalThis.console, 'log', () => undefined);
      assert.throws(
        () => render(sql),
        (error) => {
          assert.ok(isScoringError(error));
          assert.equal(exitCodeOf(error), 2);
          assert.match(error.message, /^targets\/x\.yml: source\.sql: ./);
          assert.match(error.hint ?? '', /SQL may hold \{\{var "name"\}\}/);
          return true;
        },
      );
      assert.equal(logged.mock.callCount(), 0);
    });
  }

  for (const [sql, parts] of [
    ['select true from {{this}}', ['select true from ', '']],
    [
      'select {{var "limit"}} < count(*) from {{ this }};',
      ["select cast('10' as bigint) < count(*) from ", ''],
    ],
    ['{{this}} {{{this}}} {{! a note }}x', ['', ' ', ' x']],
    ['select true', ['select true']],
  ] as const) {
    it(`of a check, ${sql} is cut at the table`, () => {
      assert.deepEqual(splitUserSql(sql, vars, duckdbDialect, 'checks[0].sql'), parts);
    });
  }

  for (const sql of ['{{this.name}}', '{{this "x"}}', '{{../this}}', '{{./this}}', '{{.}}', '{{this a=1}}']) {
    it(`of a check, ${sql} is refused`, () => {
      assert.throws(() => splitUserSql(sql, vars, duckdbDialect, 'checks[0].sql'), { code: 'PLAN_INVALID' });
    });
  }

  it('of a check has a table put in once, never rendered again', () => {
    const parts = splitUserSql('select {{var "v"}}', { v: '{{this}}' }, duckdbDialect, 'checks[0].sql');
    assert.deepEqual(parts, ["select '{{this}}'"]);
  });

  it('has what a var holds put in once, never rendered again', () => {
    const sql = renderUserSql('select {{var "v"}}', { v: '{{var "v"}}' }, duckdbDialect, 'source.sql');
    assert.equal(sql, `select '{{var "v"}}'`);
  });
});
