import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import { type CanonicalType, type Column, type Dialect, isScoringError } from '../../src/contract/index.js';
import { newRenderer, type SqlRenderer } from '../../src/sql/renderer.js';
import { renderUserSql } from '../../src/sql/user-sql.js';
import { listContexts, newContexts, templateOf } from '../sql/contexts.js';
import { tokenizeBigquery } from '../support/lexers/bigquery.js';
import { tokenizeSnowflake } from '../support/lexers/snowflake.js';
import type { Token } from '../support/lexers/token.js';
import { PAYLOADS } from '../support/payloads.js';
import { poison } from '../support/poison.js';

/** Two warehouses that no test can run, each with the rules by which it cuts SQL into tokens. */
const WAREHOUSES: readonly {
  readonly dialect: Dialect;
  readonly tokenize: (sql: string) => readonly Token[];
  /** What the warehouse's own rules for names of tables forbid. */
  readonly isNoTable: (name: string) => boolean;
}[] = [
  { dialect: snowflakeDialect, tokenize: tokenizeSnowflake, isNoTable: () => false },
  { dialect: bigqueryDialect, tokenize: tokenizeBigquery, isNoTable: (name) => name.includes('.') },
];

const TEXT: CanonicalType = { kind: 'text' };
const column = (name: string, type: CanonicalType): Column => ({ name, type, native: '' });

/** The kinds of a text's tokens: what decides its meaning, whatever names and values are in it. */
function shapeOf(tokens: readonly Token[]): string {
  return tokens.map(({ kind, value }) => (kind === 'word' || kind === 'sign' ? value : kind)).join(' ');
}

for (const { dialect, tokenize, isNoTable } of WAREHOUSES) {
  const sql = newRenderer(dialect);

  describe(`injection into ${dialect.kind}`, () => {
    for (const payload of PAYLOADS) {
      const shown = JSON.stringify(payload);

      it(`${shown} is one name, and one value`, () => {
        assert.deepEqual(tokenize(dialect.ident(payload)), [{ kind: 'name', value: payload }]);
        assert.deepEqual(tokenize(dialect.literal({ type: TEXT, text: payload })), [
          { kind: 'text', value: payload },
        ]);
        for (const kind of ['int64', 'double', 'date', 'uuid', 'bytes'] as const) {
          const texts = tokenize(dialect.literal({ type: { kind }, text: payload })).filter(
            (token) => token.kind === 'text',
          );
          assert.equal(texts[0]?.value, payload);
        }
      });

      it(`${shown} is a value of a var`, () => {
        const rendered = renderUserSql('select {{var "v"}}', { v: payload }, dialect, 'source.sql');
        assert.equal(shapeOf(tokenize(rendered)), 'select text');
      });

      it(`${shown} in every name and value leaves each statement as it is`, () => {
        for (const [name, harmless] of templates(sql)) {
          const render = () => renderPoisoned(sql, name, payload);
          if (isNoTable(payload) && isRefused(render)) continue;
          const tokens = tokenize(render());
          assert.equal(shapeOf(tokens), shapeOf(tokenize(harmless)), name);
          assert.ok(!tokens.some(({ kind }) => kind === 'end'), name);
        }
      });
    }

    it('refuses names and values that cannot be written', () => {
      const longest = 'x'.repeat(dialect.maxIdentifierBytes);
      assert.equal(tokenize(dialect.ident(longest))[0]?.value, longest);
      for (const name of ['', 'a\0b', `${longest}x`, 'é'.repeat(dialect.maxIdentifierBytes)]) {
        assert.throws(() => dialect.ident(name), { code: 'PLAN_INVALID' });
      }
      assert.throws(() => dialect.literal({ type: TEXT, text: 'a\0b' }), { code: 'BAD_KEYS' });
    });

    it('compares keys by their bytes', () => {
      assert.match(dialect.keyExpression(column('k', TEXT)), /^collate\(.k., '(utf8)?'\)$/);
      assert.deepEqual(tokenize(dialect.keyExpression(column('k', { kind: 'int64' }))), [
        { kind: 'name', value: 'k' },
      ]);
    });

    it('hashes rows, or says that it cannot', () => {
      for (const kind of ['bool', 'int64', 'text', 'bytes', 'uuid', 'date', 'time'] as const) {
        const tokens = tokenize(dialect.hashText(column('a"`b', { kind })));
        assert.ok(tokens.some((token) => token.kind === 'name' && token.value === 'a"`b'));
      }
      assert.throws(() => dialect.hashText(column('a', { kind: 'float' })), { code: 'CAPABILITY' });
    });
  });
}

describe('names of the cloud warehouses', () => {
  it('are folded as unquoted ones', () => {
    assert.equal(snowflakeDialect.fold('Churn_v1 é'), 'CHURN_V1 é');
    assert.equal(bigqueryDialect.fold('Churn_v1'), 'Churn_v1');
  });

  it('are parts of a path', () => {
    const relation = { database: 'shop', schema: 's', name: 't' };
    assert.equal(snowflakeDialect.relation(relation), '"shop"."s"."t"');
    assert.equal(bigqueryDialect.relation({ ...relation, database: 'a.com:b' }), '`a.com:b`.`s`.`t`');
    assert.equal(bigqueryDialect.relation({ schema: 's', name: 't' }), '`s`.`t`');
    assert.throws(() => bigqueryDialect.relation({ schema: 's.t', name: 'u' }), { code: 'PLAN_INVALID' });
  });

  it('write infinities by their short names', () => {
    const value = { type: { kind: 'double' }, text: '-Infinity' } as const;
    assert.equal(snowflakeDialect.literal(value), "cast('-inf' as float)");
    assert.equal(bigqueryDialect.literal(value), "cast('-inf' as float64)");
  });
});

describe('the lexers', () => {
  for (const [sql, snowflake, bigquery] of [
    ["'a'';b'", 'text', 'text text'],
    ["'a\\'; b", null, null],
    ["'a\\\\'; b", 'text end b', 'text end b'],
    ["'a\nb'", 'text', null],
    ['"a""b"', 'name', 'text text'],
    ['`a\\`b`', null, 'name'],
    ['$$a; b$$', 'text', null],
    ['a -- ; b\nc', 'a c', 'a c'],
    ['a # ; b\nc', null, 'a c'],
    ['a // ; b\nc', 'a c', null],
    ['a /* ; */ b', 'a b', 'a b'],
    ['a /* ; b', null, null],
    ["r'\\'; b", null, 'text end b'],
    ["'''a';b'''", null, 'text'],
    ["'\\q'", 'text', null],
  ] as const) {
    it(`read ${JSON.stringify(sql)}`, () => {
      for (const [tokenize, expected] of [
        [tokenizeSnowflake, snowflake],
        [tokenizeBigquery, bigquery],
      ] as const) {
        if (expected !== null) assert.equal(shapeOf(tokenize(sql)), expected);
      }
    });
  }

  it('refuse what never ends', () => {
    for (const sql of ["'a", '"a', 'a /* b']) {
      assert.throws(() => tokenizeSnowflake(sql));
      assert.throws(() => tokenizeBigquery(sql));
    }
  });
});

/** Every template that the warehouse has, as it is with harmless names. */
function templates(sql: SqlRenderer): readonly (readonly [string, string])[] {
  return listContexts(sql).map((name) => [name, renderPoisoned(sql, name, 'x')]);
}

function renderPoisoned(sql: SqlRenderer, name: string, payload: string): string {
  const context = newContexts(sql.dialect.fold)[name] ?? {};
  return sql.render(templateOf(name), poison(context, payload)).sql;
}

function isRefused(render: () => string): boolean {
  try {
    render();
    return false;
  } catch (error) {
    return isScoringError(error) && error.code === 'PLAN_INVALID';
  }
}
