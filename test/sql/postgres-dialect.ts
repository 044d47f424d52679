import type { CanonicalType, Dialect } from '../../src/contract/index.js';

function type(canonical: CanonicalType): string {
  switch (canonical.kind) {
    case 'bool':
      return 'boolean';
    case 'int32':
      return 'integer';
    case 'int64':
      return 'bigint';
    case 'float':
      return 'real';
    case 'double':
      return 'double precision';
    case 'decimal':
      return `numeric(${canonical.precision},${canonical.scale})`;
    case 'bytes':
      return 'bytea';
    case 'timestamp':
      return canonical.zoned ? 'timestamptz' : 'timestamp';
    default:
      return canonical.kind;
  }
}

const ident = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Stands in for the adapter's own dialect until that is there. */
export const postgresDialect: Dialect = {
  kind: 'postgres',
  maxIdentifierBytes: 63,
  fold: (name) => name.toLowerCase(),
  ident,
  relation: ({ schema, name }) => `${ident(schema)}.${ident(name)}`,
  literal: ({ type: of, text }) => {
    const quoted = `'${text.replaceAll("'", "''")}'`;
    return of.kind === 'text' ? quoted : `cast(${quoted} as ${type(of)})`;
  },
  type,
  keyExpression: (column) =>
    column.type.kind === 'text' ? `${ident(column.name)} collate "C"` : ident(column.name),
};
