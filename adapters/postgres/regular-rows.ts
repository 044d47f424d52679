import type { LoadColumn } from '../../src/contract/index.js';
import { LENGTH_BYTES, widthOf } from './binary.js';
import { type PutRows, putRowsOf } from './encode.js';
import { encodeConstant } from './fields.js';

/** Bytes of the count of fields that each tuple begins with. */
const COUNT_BYTES = 2;

/**
 * Tuples that all have one length: of fixed-width columns without NULLs, and of constants. What each of them has is
 * copied from a window of tuples made once; then the values are written, a column at a time.
 */
export class RegularRows {
  /** Bytes of a tuple. */
  readonly bytes: number;
  /** Most rows that are written at once. */
  readonly windowRows: number;
  readonly #window: Buffer;
  readonly #columns: readonly RegularColumn[];

  constructor(tuple: Buffer, columns: readonly RegularColumn[], windowRows: number) {
    this.bytes = tuple.length;
    this.windowRows = windowRows;
    this.#window = Buffer.alloc(tuple.length * windowRows, tuple);
    this.#columns = columns;
  }

  /** Writes as many rows as the window has, or fewer, at `at`. */
  write(bytes: Buffer, at: number, from: number, rows: number): void {
    bytes.set(this.#window.subarray(0, rows * this.bytes), at);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const { offset, put } of this.#columns) put(view, at + offset, this.bytes, from, rows);
  }
}

/** A column whose values differ. */
interface RegularColumn {
  /** Where its value begins, from the tuple's start. */
  readonly offset: number;
  readonly put: PutRows;
}

/**
 * The columns as regular tuples, in windows of at most so many rows and, where that is more than one row, so many bytes;
 * null where tuples may differ in length.
 */
export function toRegularRows(
  columns: readonly LoadColumn[],
  mostRows: number,
  mostBytes: number,
): RegularRows | null {
  const count = Buffer.alloc(COUNT_BYTES);
  count.writeInt16BE(columns.length);
  const parts: Buffer[] = [count];
  const regular: RegularColumn[] = [];
  let bytes = COUNT_BYTES;
  for (const { kind, vector } of columns) {
    const part = kind === 'constant' ? encodeConstant(vector) : emptyField(vector);
    if (part === null) return null;
    if (kind === 'vector') regular.push({ offset: bytes + LENGTH_BYTES, put: putRowsOf(vector) });
    parts.push(part);
    bytes += part.length;
  }
  const windowRows = Math.max(1, Math.min(mostRows, Math.floor(mostBytes / bytes)));
  return new RegularRows(Buffer.concat(parts), regular, windowRows);
}

/** A field's length, and room for its value; null where it may be NULL or of any length. */
function emptyField({ type, validity }: LoadColumn['vector']): Buffer | null {
  const width = widthOf(type);
  if (width === null || validity !== null) return null;
  const field = Buffer.alloc(LENGTH_BYTES + width);
  field.writeInt32BE(width);
  return field;
}
