import { type CanonicalType, type Dialect, type KeyValue, ScoringError } from '../../src/contract/index.js';
import { hashText } from './hash-text.js';
import { toNative, toStored } from './types.js';

/** 255 characters are allowed, and counted here in bytes: a shorter limit never cuts. */
const MAX_IDENTIFIER_BYTES = 255;

/** In double quotes everything stands for itself but the double quote, which is doubled. */
function ident(name: string): string {
  if (name === '' || name.includes('\0')) throw refuse('an identifier is empty or holds a NUL byte');
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
    throw refuse(`identifier longer than ${MAX_IDENTIFIER_BYTES} bytes: ${name.slice(0, 40)}…`);
  }
  return `"${name.replaceAll('"', '""')}"`;
}

function refuse(message: string): ScoringError {
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'plan' });
}

/** In single quotes the backslash begins an escape sequence, so that it is doubled like the quote. */
function quote(text: string): string {
  if (text.includes('\0')) {
    throw new ScoringError('a text value with a NUL byte cannot be written in SQL', {
      code: 'BAD_KEYS',
      stage: 'extract',
    });
  }
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Infinities have a short name. */
function toPlain(type: CanonicalType, text: string): string {
  return type.kind === 'float' || type.kind === 'double' ? text.replace('Infinity', 'inf') : text;
}

function literal({ type, text }: KeyValue): string {
  if (type.kind === 'text') return quote(text);
  if (type.kind === 'bytes') return `to_binary(${quote(text)}, 'HEX')`;
  return `cast(${quote(toPlain(type, text))} as ${toNative(type)})`;
}

/** Snowflake's SQL text. Names that carry no quotes are folded to upper case. */
export const snowflakeDialect: Dialect = {
  kind: 'snowflake',
  maxIdentifierBytes: MAX_IDENTIFIER_BYTES,
  fold: (name) => name.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  ident,
  relation: ({ database, schema, name }) =>
    [database, schema, name]
      .filter((part) => part !== undefined)
      .map(ident)
      .join('.'),
  literal,
  type: toNative,
  stored: toStored,
  // A column, or its table, may have a collation of its own; this one compares bytes.
  keyExpression: ({ name, type }) => (type.kind === 'text' ? `collate(${ident(name)}, 'utf8')` : ident(name)),
  hashText: ({ name, type }) => hashText(ident(name), type),
};
