import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { duckdbDialect } from '../../adapters/duckdb/dialect.js';
import { compileOptions, newEnvironment, registerHelpers, SQL_HELPERS } from '../../src/sql/helpers.js';
import { ECHO_SOURCE, renderEcho } from '../support/echo.js';
import { makeHouse, writeTarget } from '../support/house.js';

/** A syntax tree as Handlebars' compiler takes it in place of a text, with code where a number belongs (CVE-2026-33937). */
const TREE = JSON.stringify({
  type: 'Program',
  body: [
    {
      type: 'MustacheStatement',
      path: { type: 'PathExpression', original: 'var', parts: ['var'], depth: 0, data: false },
      params: [{ type: 'NumberLiteral', value: 'process.exit(7)', original: 1 }],
    },
  ],
});

const ESCAPES = [
  '{{env.PASSWORD}}',
  '{{constructor}}',
  '{{lookup this "__proto__"}}',
  '{{> p}}',
  '{{* d}}',
  '{{#each this}}{{@key}}{{/each}}',
];

describe('SQL of a target', () => {
  for (const [place, put] of [
    ['source.sql', (sql: string) => renderEcho('').replace('select * from source', sql)],
    ['checks', (sql: string) => renderEcho('', { more: `checks: [{ sql: ${sql} }]` })],
  ] as const) {
    it(`in ${place} of a crafted syntax tree is refused: exit code 2`, async (t) => {
      const house = await makeHouse(t, 'duckdb', { echo: put(TREE) });
      await house.execute(ECHO_SOURCE);
      const { code, stderr } = await house.run('compile');
      assert.equal(code, 2, stderr);
    });

    it(`in ${place} reaches neither environment nor prototypes: exit code 2`, async (t) => {
      const house = await makeHouse(t, 'duckdb', {});
      await house.execute(ECHO_SOURCE);
      for (const way of ESCAPES) {
        writeTarget(house, 'echo', put(JSON.stringify(`select ${way}`)));
        const { code, stderr } = await house.run('compile');
        assert.equal(code, 2, stderr);
        assert.match(stderr, /SQL may hold \{\{var "name"\}\}/);
      }
    });
  }
});

describe('a template of the program', () => {
  const environment = newEnvironment();
  registerHelpers(environment, duckdbDialect);
  const context = Object.assign(Object.create(null) as object, { own: 'x', list: ['y'] });

  for (const text of [
    '{{ident constructor}}',
    '{{ident __proto__}}',
    '{{ident toString}}',
    '{{ident list.constructor}}',
    '{{ident own.constructor.name}}',
    '{{ident @root.constructor}}',
    '{{ident process.env.HOME}}',
    '{{ident env}}',
    '{{lookup own "constructor"}}',
    '{{missing own}}',
    '{{> partial}}',
  ]) {
    it(`reaches nothing that is not in its context: ${text}`, () => {
      assert.throws(() => environment.compile(text, compileOptions(SQL_HELPERS))(context));
    });
  }

  it('has what is in its context', () => {
    assert.equal(environment.compile('{{ident own}}', compileOptions(SQL_HELPERS))(context), '"x"');
  });
});
