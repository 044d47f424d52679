import {
  type Column,
  type Dialect,
  type KeyValue,
  type Relation,
  ScoringError,
} from '../../src/contract/index.js';
import { hashText } from './hash-text.js';
import { toNative } from './types.js';

/** DuckDB has no limit on identifiers; this one keeps file and error texts sane. */
const MAX_IDENTIFIER_BYTES = 255;

function ident(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new ScoringError('an identifier is empty or holds a NUL byte', {
      code: 'PLAN_INVALID',
      stage: 'plan',
    });
  }
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
    throw new ScoringError(`identifier longer than ${MAX_IDENTIFIER_BYTES} bytes: ${name.slice(0, 40)}…`, {
      code: 'PLAN_INVALID',
      stage: 'plan',
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB writes years below 1 with (BC) behind the date where the canonical text has astronomical years. */
function toDuckYear(text: string): string {
  const match = /^(-?\d+)(-\d\d-\d\d)(.*)$/.exec(text);
  if (match === null) return text;
  const year = Number(match[1]);
  return year > 0 ? text : `${String(1 - year).padStart(4, '0')}${match[2]} (BC)${match[3]}`;
}

function literal({ type, text }: KeyValue): string {
  if (text.includes('\0')) {
    throw new ScoringError('a text value with a NUL byte cannot be written in SQL', {
      code: 'BAD_KEYS',
      stage: 'extract',
    });
  }
  const plain = type.kind === 'date' || type.kind === 'timestamp' ? toDuckYear(text) : text;
  const quoted = `'${plain.replaceAll("'", "''")}'`;
  if (type.kind === 'text') return quoted;
  if (type.kind === 'bytes') return `unhex(${quoted})`;
  return `cast(${quoted} as ${toNative(type)})`;
}

/**
 * A text column in a binary collation. It may carry NOCASE, under which 'a' = 'A', so that keys would repeat and ranges
 * overlap; and texts of two collations cannot be joined.
 */
function binaryText({ name, native }: Column): string {
  // An enum has its own order and takes no collation; text is left uncast, so that its statistics still prune.
  const text = native.startsWith('ENUM') ? `cast(${ident(name)} as varchar)` : ident(name);
  return `${text} collate "binary"`;
}

/** A column that may have a native type beside that of its canonical one: ubigint, timestamp_s. */
function ofCanonicalType({ name, type, native }: Column): string {
  const canonical = toNative(type);
  return native.toLowerCase() === canonical ? ident(name) : `cast(${ident(name)} as ${canonical})`;
}

/**
 * The relation as DuckDB finds it: where a schema has the name of the database, `schema.name` would be ambiguous. A
 * database has the name of its file.
 */
export function qualify(relation: Relation, database: string | null): Relation {
  const same = database !== null && relation.schema.toLowerCase() === database.toLowerCase();
  return same && relation.database === undefined ? { ...relation, database } : relation;
}

/** DuckDB's SQL text for a database. Names are case-insensitive, so folding only decides which names are equal. */
export function newDuckdbDialect(database: string | null): Dialect {
  return {
    kind: 'duckdb',
    maxIdentifierBytes: MAX_IDENTIFIER_BYTES,
    fold: (name) => name.toLowerCase(),
    ident,
    relation: (relation) => {
      const { database: catalog, schema, name } = qualify(relation, database);
      return [catalog, schema, name]
        .filter((part) => part !== undefined)
        .map(ident)
        .join('.');
    },
    literal,
    type: toNative,
    stored: (type) => type,
    keyExpression: (column) => (column.type.kind === 'text' ? binaryText(column) : ident(column.name)),
    hashText: (column) =>
      hashText(column.type.kind === 'text' ? binaryText(column) : ofCanonicalType(column), column.type),
  };
}

/** The dialect as it is before a file is open. */
export const duckdbDialect: Dialect = newDuckdbDialect(null);
