import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SQL_DIR } from '../../src/sql/renderer.js';
import { lintTemplate } from './template-lint.js';

const SRC_DIR = fileURLToPath(new URL('../../../src/', import.meta.url));
const ENDING = '.sql.hbs';

/** Templates that one warehouse alone has, and why the others do not need one. */
const WITHOUT_BASE: Readonly<Record<string, string>> = {
  'publish/view_guarded': 'only where `capabilities.repoint` is guarded-replace',
  'ledger/columns_list': 'each catalog has its own words; BigQuery is asked relation by relation',
  'source/file': 'only DuckDB reads files itself; elsewhere `source.file` is an error that says so',
  'gate/distribution':
    'several quantiles at once, and lists as rows, have words of their own in each warehouse',
  'gate/moments': 'DuckDB knows ends and counts without a look at the rows, as long as nothing else is asked',
  'gate/ascending':
    'rows of a DuckDB table stay in the order of their load, so that neighbours prove uniqueness',
  'ledger/serialise': 'where one process may write at a time, no two make the same schema or table at once',
  'hash/table': 'md5 as a number, and XOR over rows, have other words in each warehouse',
  'demo/load_csv': '`init --demo` makes a DuckDB project',
  'stage/analyze': 'Postgres alone plans by statistics that it would make too late by itself',
  'stage/set_origin': 'only where `capabilities.columnDefaults`',
  'stage/create_unique_index': 'only where `capabilities.uniqueIndexes`',
  ...Object.fromEntries(
    [
      'attach',
      'columns_list',
      'detach',
      'detach_concurrently',
      'detach_finalize',
      'old_readers',
      'parent_add_column',
    ]
      .concat(['parent_create', 'partitions_list', 'view_by_pointer'])
      .map((name) => [`publish/${name}`, 'only where readers follow the pointer by partitions']),
  ),
  'stage/create_version': 'only where readers follow the pointer by partitions',
  ...Object.fromEntries(
    ['grant', 'grant_usage', 'readers_list', 'roles_list'].map((name) => [
      `publish/${name}`,
      'only where `capabilities.grants`; each warehouse has its own catalogue of them',
    ]),
  ),
  ...Object.fromEntries(
    ['connect', 'create_role', 'lock_timeout', 'member', 'on_schema', 'owner', 'read', 'request']
      .concat(['statement_timeout'])
      .map((name) => [`grants/${name}`, 'each warehouse with roles has its own words for rights']),
  ),
  ...Object.fromEntries(
    ['groups', 'partitions', 'relations', 'schemas', 'session'].map((name) => [
      `audit/${name}`,
      'each warehouse with roles has its own catalogue of rights',
    ]),
  ),
};

/** Templates with a block of the server's own language in them, which is one statement to it. */
const WITH_BLOCK: ReadonlySet<string> = new Set(['grants/create_role']);

/** Templates that no code renders. */
const NOT_RENDERED: Readonly<Record<string, string>> = {};

/** Templates around what the user wrote as SQL. */
const AROUND_USER_SQL: ReadonlySet<string> = new Set([
  'gate/answer',
  'source/freeze',
  'source/last_key',
  'source/latest',
  'source/limit',
  'source/profile',
  'source/recount',
  'source/rejected',
  // A condition that src/contract/keys.ts renders.
  'source/select_columns',
]);

/** The templates of one folder of sql/, as `group/name`. */
function templatesOf(kind: string): readonly string[] {
  return readdirSync(join(SQL_DIR, kind), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();
}

const kinds = readdirSync(SQL_DIR, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const base = templatesOf('base');

describe('the SQL templates', () => {
  for (const kind of kinds) {
    for (const name of templatesOf(kind)) {
      it(`sql/${kind}/${name} lets values in through helpers only`, () => {
        const text = readFileSync(join(SQL_DIR, kind, `${name}${ENDING}`), 'utf8');
        assert.deepEqual(
          lintTemplate(text, { rawQuery: AROUND_USER_SQL.has(name), block: WITH_BLOCK.has(name) }),
          [],
        );
      });
    }
  }

  it('of a warehouse stand over one of the base, but for those with a reason', () => {
    const own = kinds.filter((kind) => kind !== 'base').flatMap(templatesOf);
    assert.deepEqual(
      [...new Set(own)].filter((name) => !base.includes(name)).sort(),
      Object.keys(WITHOUT_BASE).sort(),
    );
  });

  it('are each rendered by the code, but for those with a reason', () => {
    const rendered = readRendered();
    const all = [...new Set(kinds.flatMap(templatesOf))].sort();
    assert.deepEqual(
      all.filter((name) => !rendered.has(name)),
      Object.keys(NOT_RENDERED).sort(),
    );
  });

  it('are there for every name that the code renders', () => {
    const all = new Set(kinds.flatMap(templatesOf));
    const rendered = readRendered();
    assert.ok(rendered.size > 40);
    assert.deepEqual(
      [...rendered].filter((name) => !all.has(name)),
      [],
    );
  });
});

/** Names that src/ renders: in full, of the ledger without its folder, and migrations by their list. */
function readRendered(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of readdirSync(SRC_DIR, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(SRC_DIR, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/\.render\(\s*'([^']+)'/g)) names.add(name);
    for (const [, name] of text.matchAll(/\brenderLedger\(\s*ledger,\s*'([^']+)'/g))
      names.add(`ledger/${name}`);
    for (const [, name] of text.matchAll(/^ {2}\['(\d{3}_\w+)', /gm)) names.add(`migrations/${name}`);
  }
  return names;
}

describe('the checker of templates', () => {
  for (const { what, text, fault, rawQuery = true } of [
    { what: 'a bare name', text: 'select {{name}}', fault: 'bare {{name}}' },
    { what: 'a bare path', text: 'select {{target.name}}', fault: 'bare {{target.name}}' },
    { what: 'a helper without its value', text: 'select {{ident}}', fault: 'bare {{ident}}' },
    { what: 'this', text: 'select {{this}}', fault: 'bare {{this}}' },
    { what: 'a name inside a block', text: '{{#each key}}{{name}}{{/each}}', fault: 'bare {{name}}' },
    { what: 'a name behind else', text: '{{#if a}}1{{else}}{{b}}{{/if}}', fault: 'bare {{b}}' },
    { what: 'a triple-stash', text: '{{{ident name}}}', fault: 'triple-stash {{{ident}}}' },
    { what: 'an ampersand', text: '{{&ident name}}', fault: 'triple-stash {{{ident}}}' },
    { what: 'an unknown helper', text: '{{upper name}}', fault: 'unknown helper upper' },
    { what: 'lookup', text: '{{lookup a "b"}}', fault: 'unknown helper lookup' },
    { what: 'log', text: '{{log a}}', fault: 'unknown helper log' },
    { what: 'an unknown block', text: '{{#with a}}1{{/with}}', fault: 'unknown block with' },
    { what: 'a partial', text: '{{> header}}', fault: 'PartialStatement' },
    { what: 'a partial block', text: '{{#> header}}1{{/header}}', fault: 'PartialBlockStatement' },
    { what: 'a decorator', text: '{{* inline}}', fault: 'Decorator' },
    { what: 'a decorator block', text: '{{#*inline "a"}}1{{/inline}}', fault: 'DecoratorBlock' },
    { what: 'a subexpression', text: '{{ident (lookup a "b")}}', fault: 'SubExpression as a parameter' },
    { what: 'a number', text: '{{ident 1}}', fault: 'NumberLiteral as a parameter' },
    { what: 'a named parameter', text: '{{ident a b=c}}', fault: 'ident takes no named parameters' },
    { what: 'a parameter too many', text: '{{ident a b}}', fault: 'ident takes 1 parameters' },
    { what: 'a literal without a type', text: '{{literal a}}', fault: 'literal takes 2 parameters' },
    { what: 'a type from the context', text: '{{literal a b}}', fault: 'literal takes the type as a word' },
    {
      what: 'a type of its own from the context',
      text: '{{type a}}',
      fault: 'type takes the type as a word',
    },
    { what: 'a name of its own from the context', text: '{{own a}}', fault: 'own takes the name as a word' },
    { what: 'a way up', text: '{{#each a}}{{ident ../b}}{{/each}}', fault: '../b reaches up' },
    { what: 'the root', text: '{{ident @root.a}}', fault: '@root.a reaches out of the context' },
    { what: 'a prototype', text: '{{ident a.constructor}}', fault: 'a.constructor reaches a prototype' },
    { what: 'two statements', text: 'select 1; select 2', fault: 'a semicolon: one statement in a file' },
    { what: 'quotes of its own', text: 'select \'{{literal a "text"}}\'', fault: 'quotes around a helper' },
    {
      what: 'raw SQL where none belongs',
      text: '{{rawQuery a}}',
      fault: 'rawQuery where no user SQL belongs',
      rawQuery: false,
    },
  ]) {
    it(`finds ${what}`, () => {
      const found = lintTemplate(`select 1\n${text}`, { rawQuery, block: false });
      assert.ok(
        found.some((line) => /^line [12]: /.test(line) && line.endsWith(`: ${fault}`)),
        found.join('; '),
      );
    });
  }

  it('finds nothing where all is well', () => {
    const text = `{{!-- a comment --}}
select {{#each key}}{{ident name}}{{#unless @last}}, {{/unless}}{{/each}}, {{literal value "text"}}
from ({{rawQuery query}}) as source{{#if limit}} limit {{literal limit "int64"}}{{/if}}`;
    assert.deepEqual(lintTemplate(text, { rawQuery: true, block: false }), []);
  });
});
