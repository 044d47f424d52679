import {
  bytesAt,
  isValid,
  type LoadColumn,
  type LoadPart,
  ScoringError,
  type Vector,
  valueToText,
} from '../../src/contract/index.js';

/** Bytes that are handed on at once. */
const BLOCK = 1024 ** 2;

/** Longest text of any value that is neither text nor bytes. */
const MAX_PLAIN = 64;

const [QUOTE, COMMA, LINE_FEED] = [0x22, 0x2c, 0x0a];
const NOTHING = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The options of Snowflake that files are written for: an empty field is NULL, one in quotes is a text, where two quotes
 * stand for one and nothing else has a meaning.
 */
export const CSV_FORMAT = `(type = csv compression = gzip field_delimiter = ',' record_delimiter = '\\n'
field_optionally_enclosed_by = '"' escape = none escape_unenclosed_field = none null_if = () empty_field_as_null = true
trim_space = false skip_byte_order_mark = false binary_format = hex
date_format = auto time_format = auto timestamp_format = auto)`;

/** Writes the rows of parts as CSV. Each block's memory is used again when its turn is over. */
export class CsvWriter {
  #block = Buffer.allocUnsafe(BLOCK);
  #used = 0;

  /** Blocks of whole rows. */
  *write({ rows, columns }: LoadPart): Generator<Uint8Array> {
    const fields = columns.map(toField);
    for (let row = 0; row < rows; row++) {
      let needed = 1;
      for (const field of fields) needed += 1 + field.size(row);
      if (this.#used + needed > this.#block.length) {
        if (this.#used > 0) yield this.take();
        if (needed > this.#block.length) this.#block = Buffer.allocUnsafe(needed);
      }
      this.#writeRow(fields, row);
    }
  }

  /** What has been written since the last block. */
  take(): Uint8Array {
    const taken = this.#block.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }

  #writeRow(fields: readonly Field[], row: number): void {
    let at = this.#used;
    for (let i = 0; i < fields.length; i++) {
      if (i > 0) this.#block[at++] = COMMA;
      at = (fields[i] as Field).write(row, this.#block, at);
    }
    this.#block[at++] = LINE_FEED;
    this.#used = at;
  }
}

/** A column as fields of rows. */
interface Field {
  /** Most bytes that the row's field takes. */
  size(row: number): number;
  /** Returns where it ends. */
  write(row: number, block: Buffer, at: number): number;
}

/** @throws CAPABILITY for an array: files of CSV have none */
function toField({ kind, vector }: LoadColumn): Field {
  if (vector.type.kind === 'array') {
    throw new ScoringError('arrays cannot be loaded into Snowflake yet', {
      code: 'CAPABILITY',
      stage: 'stage',
      hint: 'Write the output as columns (`as: columns`).',
    });
  }
  const field = vector.type.kind === 'text' ? toTextField(vector) : toPlainField(vector);
  if (kind === 'vector') return field;
  const buffer = Buffer.allocUnsafe(field.size(0));
  const bytes = buffer.subarray(0, field.write(0, buffer, 0));
  return {
    size: () => bytes.length,
    write: (_, block, at) => {
      block.set(bytes, at);
      return at + bytes.length;
    },
  };
}

function toTextField(vector: Vector): Field {
  const bytes = (row: number) => (isValid(vector, row) ? bytesAt(vector, row) : NOTHING);
  return {
    size: (row) => 2 + 2 * bytes(row).length,
    write: (row, block, at) => (isValid(vector, row) ? writeText(bytes(row), block, at) : at),
  };
}

/** The text in quotes, each of its own doubled. */
function writeText(text: Uint8Array, block: Buffer, from: number): number {
  assertUtf8(text);
  let at = from;
  block[at++] = QUOTE;
  if (text.indexOf(QUOTE) < 0) {
    block.set(text, at);
    at += text.length;
  } else {
    for (const byte of text) {
      if (byte === QUOTE) block[at++] = QUOTE;
      block[at++] = byte;
    }
  }
  block[at++] = QUOTE;
  return at;
}

/** A server would put other characters in place of what is none. */
function assertUtf8(text: Uint8Array): void {
  try {
    utf8.decode(text);
  } catch {
    throw new ScoringError('a text to load is no UTF-8', {
      code: 'WAREHOUSE',
      stage: 'stage',
      hint: 'Cast the column in the source query to a text that is.',
    });
  }
}

function toPlainField(vector: Vector): Field {
  const isBytes = vector.type.kind === 'bytes';
  return {
    // No bytes at all are a value too, which an empty field would not be.
    size: (row) => (isBytes && isValid(vector, row) ? 2 + 2 * bytesAt(vector, row).length : MAX_PLAIN),
    write: (row, block, at) => {
      if (!isValid(vector, row)) return at;
      const text = toPlain(vector, row);
      return at + block.write(isBytes ? `"${text}"` : text, at, 'latin1');
    },
  };
}

/** The value as Snowflake reads it: floats with the sign of a zero, infinities by their short name. */
function toPlain(vector: Vector, row: number): string {
  const { kind } = vector.type;
  if (kind !== 'float' && kind !== 'double') return valueToText(vector, row);
  const value = vector.values[row] as number;
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}
