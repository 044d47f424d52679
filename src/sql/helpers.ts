import Handlebars from 'handlebars';
import { type CanonicalType, type Column, type Dialect, type Relation, ScoringError } from '../contract/index.js';

type TemplateValue = string | number | bigint | boolean | null | undefined;

/** The only ways for a value to enter SQL text. `test/sql` fails on a template that uses any other. */
export function registerHelpers(environment: typeof Handlebars, dialect: Dialect): void {
  const { ident, relation, type } = dialect;
  environment.registerHelper({
    ident: (name: string) => ident(name),
    relation: (value: Relation) => relation(value),
    columns: (names: readonly string[]) => names.map(ident).join(', '),
    type: (kind: string) => type(toType(kind)),
    columnDefinitions: (columns: readonly Column[]) =>
      columns.map((column) => `${ident(column.name)} ${type(column.type)}`).join(',\n  '),
    keyColumns: (columns: readonly Column[]) => columns.map((column) => dialect.keyExpression(column)).join(', '),
    literal: (value: TemplateValue, kind: string) => renderLiteral(dialect, value, kind),
    rawQuery: (sql: string) => sql,
  });
}

/** A typed literal; null and undefined are NULL. */
export function renderLiteral(dialect: Dialect, value: TemplateValue, kind: string): string {
  if (value === null || value === undefined) return 'null';
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
  throw new ScoringError(`a template asks for the unknown type ${kind}`, { code: 'INVARIANT', stage: 'plan' });
}

/** An isolated Handlebars: strict, nothing escaped as HTML, only the helpers that are registered. */
export function newEnvironment(): typeof Handlebars {
  return Handlebars.create();
}

/** Options that every template is compiled with. */
export function compileOptions(helpers: readonly string[]): CompileOptions {
  return {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(helpers.map((name) => [name, true])),
  };
}

/** Helper names of scorehouse's own templates. */
export const SQL_HELPERS = [
  'ident',
  'relation',
  'columns',
  'type',
  'columnDefinitions',
  'keyColumns',
  'literal',
  'rawQuery',
] as const;
