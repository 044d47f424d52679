import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'libpg-query';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { duckdbDialect } from '../../adapters/duckdb/dialect.js';
import { postgresDialect } from '../../adapters/postgres/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import { newRenderer, SQL_DIR } from '../../src/sql/renderer.js';
import { tokenizeBigquery } from '../support/lexers/bigquery.js';
import { tokenizeSnowflake } from '../support/lexers/snowflake.js';
import type { Token } from '../support/lexers/token.js';
import { CONTEXT_NAMES, listContexts, templateOf } from './contexts.js';
import { renderContext } from './world.js';

const GOLDEN_DIR = fileURLToPath(new URL('../../../test/sql/golden/', import.meta.url));
/** Set to 1 by who changes a template: the files are written anew, and the change is seen in the diff. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';

const duckdb = await (await DuckDBInstance.create(':memory:')).connect();

/** Each warehouse, and what says how many statements a text holds: those that stand elsewhere are parsed in parsers.test.ts. */
const WAREHOUSES = [
  { dialect: duckdbDialect, count: async (sql: string) => (await duckdb.extractStatements(sql)).count },
  { dialect: postgresDialect, count: async (sql: string) => (await parse(sql)).stmts?.length ?? 0 },
  { dialect: snowflakeDialect, count: async (sql: string) => countStatements(tokenizeSnowflake(sql)) },
  { dialect: bigqueryDialect, count: async (sql: string) => countStatements(tokenizeBigquery(sql)) },
];

function countStatements(tokens: readonly Token[]): number {
  return 1 + tokens.filter(({ kind }) => kind === 'end').length;
}

const list = (dir: string, ending: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length).replaceAll('\\', '/'))
        .sort()
    : [];

describe('the golden files', () => {
  after(() => duckdb.closeSync());

  for (const { dialect, count } of WAREHOUSES) {
    const sql = newRenderer(dialect);
    const dir = join(GOLDEN_DIR, dialect.kind);
    const names = listContexts(sql);

    for (const name of names) {
      it(`${dialect.kind}/${name} is what its template gives, and one statement`, async () => {
        const file = join(dir, `${name}.sql`);
        const rendered = `${renderContext(sql, name)}\n`;
        if (UPDATE) {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, rendered);
        }
        assert.equal(rendered, existsSync(file) ? readFileSync(file, 'utf8') : '', HOW_TO_UPDATE);
        assert.equal(await count(rendered), 1);
      });
    }

    it(`${dialect.kind} are all of templates that are there`, () => {
      const orphans = list(dir, '.sql').filter((name) => !names.includes(name));
      if (UPDATE) for (const name of orphans) rmSync(join(dir, `${name}.sql`));
      assert.deepEqual(UPDATE ? [] : orphans, [], HOW_TO_UPDATE);
    });
  }
});

const HOW_TO_UPDATE = 'if this is meant: UPDATE_GOLDEN=1 node dist/test/main.js sql/golden';

describe('the contexts', () => {
  const kinds = readdirSync(SQL_DIR, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const templates = new Set(kinds.flatMap(({ name }) => list(join(SQL_DIR, name), '.sql.hbs')));
  const withContext = new Set(CONTEXT_NAMES.map(templateOf));

  it('are there for every template: a line each in test/sql/contexts.ts', () => {
    assert.deepEqual(
      [...templates].filter((name) => !withContext.has(name)),
      [],
    );
  });

  it('are all of templates that are there', () => {
    assert.deepEqual(
      [...withContext].filter((name) => !templates.has(name)),
      [],
    );
  });
});
