import { type CanonicalType, type Dialect, type KeyValue, ScoringError } from '../../src/contract/index.js';
import { hashText } from './hash-text.js';
import { toCast, toNative, toStored } from './types.js';

/** Of columns, in characters; tables may have 1,024 bytes. The shorter limit in the longer unit never cuts. */
const MAX_IDENTIFIER_BYTES = 300;

/** Escape sequences, which hold in names and texts alike; a raw line end would end both. */
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/** Escapes what would end the quotes, and what begins an escape sequence. */
function escapeIn(quote: "'" | '`', text: string): string {
  const special = quote === '`' ? /[\\`\n\r]/g : /[\\'\n\r]/g;
  return text.replace(special, (char) => ESCAPES[char] ?? `\\${char}`);
}

/** A name in backticks, in which the escape sequences of texts hold too. */
function ident(name: string): string {
  if (name === '' || name.includes('\0')) throw refuse('an identifier is empty or holds a NUL byte');
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
    throw refuse(`identifier longer than ${MAX_IDENTIFIER_BYTES} bytes: ${name.slice(0, 40)}…`);
  }
  return `\`${escapeIn('`', name)}\``;
}

/** A part of a table's path. BigQuery takes a dot inside backticks for the end of a part. */
function pathPart(name: string): string {
  if (name.includes('.')) throw refuse(`a dot in the name of a dataset or table: ${name.slice(0, 40)}`);
  return ident(name);
}

function refuse(message: string): ScoringError {
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'plan' });
}

function quote(text: string): string {
  if (text.includes('\0')) {
    throw new ScoringError('a text value with a NUL byte cannot be written in SQL', {
      code: 'BAD_KEYS',
      stage: 'extract',
    });
  }
  return `'${escapeIn("'", text)}'`;
}

/** Infinities have a short name. */
function toPlain(type: CanonicalType, text: string): string {
  return type.kind === 'float' || type.kind === 'double' ? text.replace('Infinity', 'inf') : text;
}

function literal({ type, text }: KeyValue): string {
  if (type.kind === 'text') return quote(text);
  if (type.kind === 'bytes') return `from_hex(${quote(text)})`;
  return `cast(${quote(toPlain(type, text))} as ${toCast(type)})`;
}

/**
 * BigQuery's SQL text. Unquoted names keep their case, and tables of two cases are two tables; columns are one whatever
 * their case, which the warehouse itself refuses.
 */
export const bigqueryDialect: Dialect = {
  kind: 'bigquery',
  maxIdentifierBytes: MAX_IDENTIFIER_BYTES,
  fold: (name) => name,
  ident,
  // The name of a project may hold dots, those of old organisations: `example.com:shop`.
  relation: ({ database, schema, name }) =>
    [...(database === undefined ? [] : [ident(database)]), pathPart(schema), pathPart(name)].join('.'),
  literal,
  type: toNative,
  stored: toStored,
  // A column may have a collation of its own; the empty one compares bytes.
  keyExpression: ({ name, type }) => (type.kind === 'text' ? `collate(${ident(name)}, '')` : ident(name)),
  hashText: ({ name, type }) => hashText(ident(name), type),
};
