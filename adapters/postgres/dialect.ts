import {
  type Column,
  type Dialect,
  type KeyValue,
  type Relation,
  ScoringError,
} from '../../src/contract/index.js';
import { hashText } from './hash-text.js';
import { toNative } from './types.js';

/** NAMEDATALEN - 1. The server cuts longer names without an error, and would merge two tables. */
const MAX_IDENTIFIER_BYTES = 63;

function ident(name: string): string {
  if (name === '' || name.includes('\0')) throw refuse('an identifier is empty or holds a NUL byte');
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
    throw refuse(`identifier longer than ${MAX_IDENTIFIER_BYTES} bytes: ${name.slice(0, 40)}…`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}

function refuse(message: string, hint?: string): ScoringError {
  return new ScoringError(message, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Postgres writes years below 1 with BC at the end where the canonical text has astronomical years. */
function toPostgresYear(text: string): string {
  const match = /^(-?\d+)(-\d\d-\d\d.*)$/.exec(text);
  if (match === null) return text;
  const year = Number(match[1]);
  return year > 0 ? text : `${String(1 - year).padStart(4, '0')}${match[2]} BC`;
}

function literal({ type, text }: KeyValue): string {
  if (text.includes('\0')) {
    throw new ScoringError('a text value with a NUL byte cannot be written in SQL', {
      code: 'BAD_KEYS',
      stage: 'extract',
    });
  }
  if (type.kind === 'bytes') return `cast('\\x${text.replaceAll("'", "''")}' as bytea)`;
  const plain = type.kind === 'date' || type.kind === 'timestamp' ? toPostgresYear(text) : text;
  // Backslashes are plain characters: every session has standard_conforming_strings on.
  const quoted = `'${plain.replaceAll("'", "''")}'`;
  return type.kind === 'text' ? quoted : `cast(${quoted} as ${toNative(type)})`;
}

/**
 * A column's text in the binary collation. An enum has its own order, char(n) and citext their own equality: as text
 * they have the order of their bytes. Text itself is left uncast, so that its statistics and indexes serve.
 */
function keyExpression({ name, type, native }: Column): string {
  if (type.kind !== 'text') return ident(name);
  const plain = native === 'text' || native.startsWith('character varying');
  return `${plain ? ident(name) : `cast(${ident(name)} as text)`} collate "C"`;
}

/** Postgres' SQL text for a connection to `database`; null where it is not known, and no relation may name one. */
export function newPostgresDialect(database: string | null): Dialect {
  return {
    kind: 'postgres',
    maxIdentifierBytes: MAX_IDENTIFIER_BYTES,
    // The server folds ASCII only in UTF-8 databases.
    fold: (name) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    ident,
    relation: (relation: Relation) => {
      if (relation.database !== undefined && relation.database !== database) {
        throw refuse(
          `${relation.database} is not the connection's database`,
          'A Postgres connection sees one database: leave its name out, or add a warehouse for the other one.',
        );
      }
      return `${ident(relation.schema)}.${ident(relation.name)}`;
    },
    literal,
    type: toNative,
    stored: (type) => type,
    keyExpression,
    hashText: ({ name, type }) => hashText(ident(name), type),
  };
}

/** The dialect as it is before a connection says which database it is in. */
export const postgresDialect: Dialect = newPostgresDialect(null);
