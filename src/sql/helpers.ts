import Handlebars from 'handlebars';
import {
  assertInvariant,
  type CanonicalType,
  type Column,
  type Dialect,
  type Relation,
  ScoringError,
} from '../contract/index.js';

type TemplateValue = string | number | bigint | boolean | null;

/** The only ways for a value to enter SQL text. `test/sql` fails on a template that uses any other. */
export function registerHelpers(environment: typeof Handlebars, dialect: Dialect): void {
  const { ident, relation, type } = dialect;
  environment.registerHelper({
    ident: (name: string) => ident(assertGiven(name, 'ident')),
    relation: (value: Relation) => relation(assertGiven(value, 'relation')),
    own: (name: string) => ident(dialect.fold(name)),
    columns: (names: readonly string[]) => assertGiven(names, 'columns').map(ident).join(', '),
    type: (kind: string) => type(toType(kind)),
    columnDefinitions: (columns: readonly Column[]) =>
      columns.map((column) => `${ident(column.name)} ${type(column.type)}`).join(',\n  '),
    keyColumns: (columns: readonly Column[]) =>
      columns.map((column) => dialect.keyExpression(column)).join(', '),
    hashText: (columns: readonly Column[]) =>
      assertGiven(columns, 'hashText')
        .map((column) => dialect.hashText(column))
        .join(' || '),
    literal: (value: TemplateValue, kind: string) =>
      renderLiteral(dialect, assertGiven(value, 'literal'), kind),
    digits: (value: number) => renderDigits(assertGiven(value, 'digits')),
    rawQuery: (sql: string) => assertGiven(sql, 'rawQuery'),
  });
}

/** Handlebars' strict mode does not look at what helpers are given: a value that the context lacks ends here. */
function assertGiven<T>(value: T | undefined, helper: string): T {
  assertInvariant(value !== undefined, `a template gives ${helper} a value that its context lacks`, 'plan');
  return value;
}

/** A count or a share as bare digits, where the grammar takes no expression. */
function renderDigits(value: number): string {
  const text = String(value);
  assertInvariant(/^\d+(\.\d+)?$/.test(text), `a template takes ${text} for a count or a share`, 'plan');
  return text;
}

/** A typed literal. Null has a type too: where a query has no other word about it, BigQuery takes a bare one for an integer. */
export function renderLiteral(dialect: Dialect, value: TemplateValue, kind: string): string {
  if (value === null) return `cast(null as ${dialect.type(toType(kind))})`;
  return dialect.literal({ type: toType(kind), text: String(value) });
}

const TYPES: Readonly<Record<string, CanonicalType>> = {
  bool: { kind: 'bool' },
  int32: { kind: 'int32' },
  int64: { kind: 'int64' },
  double: { kind: 'double' },
  text: { kind: 'text' },
  uuid: { kind: 'uuid' },
  timestamptz: { kind: 'timestamp', zoned: true },
};

function toType(kind: string): CanonicalType {
  const type = TYPES[kind];
  if (type !== undefined) return type;
  throw new ScoringError(`a template asks for the unknown type ${kind}`, {
    code: 'INVARIANT',
    stage: 'plan',
  });
}

/** An isolated Handlebars: strict, nothing escaped as HTML, only the helpers that are registered. */
export function newEnvironment(): typeof Handlebars {
  return Handlebars.create();
}

/** Handlebars' own helpers, known unless said otherwise: `lookup` reaches prototypes, `log` writes to the terminal. */
const BUILT_IN = ['helperMissing', 'blockHelperMissing', 'each', 'if', 'unless', 'with', 'log', 'lookup'];

/** Options that every template is compiled with. */
export function compileOptions(helpers: readonly string[]): CompileOptions {
  return {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries([
      ...BUILT_IN.map((name) => [name, false] as const),
      ...helpers.map((name) => [name, true] as const),
    ]),
  };
}

/** Helper names of scorehouse's own templates. */
export const SQL_HELPERS = [
  'each',
  'if',
  'unless',
  'ident',
  'relation',
  'own',
  'columns',
  'type',
  'columnDefinitions',
  'keyColumns',
  'hashText',
  'literal',
  'digits',
  'rawQuery',
] as const;
