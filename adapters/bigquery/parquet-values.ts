import { isUtf8 } from 'node:buffer';
import {
  bytesAt,
  isValid,
  isWide,
  placesOf,
  ScoringError,
  toElements,
  type Vector,
  valueToText,
} from '../../src/contract/index.js';
import { WIDE_BYTES } from './parquet-types.js';

/** The values of the rows that have one, as a page holds them (`PLAIN`). */
export function plainValues(vector: Vector, rows: number, name: string): Buffer {
  const { type } = vector;
  switch (type.kind) {
    case 'bool':
      return packBits(vector.values, presentRows(vector, rows));
    case 'array':
      return arrayValues(vector, rows);
    case 'text':
      assertUtf8(vector, rows, name);
      return withLengths(vector, rows, (row) => bytesAt(vector, row));
    case 'bytes':
      return withLengths(vector, rows, (row) => bytesAt(vector, row));
    case 'uuid':
      return withLengths(vector, rows, (row) => Buffer.from(valueToText(vector, row)));
    case 'decimal':
      return isWide(type) ? wideDecimals(vector, rows) : fixedValues(vector, rows, 1);
    default:
      return fixedValues(vector, rows, 1);
  }
}

function* presentRows(vector: Vector, rows: number): Generator<number> {
  for (let row = 0; row < rows; row++) if (isValid(vector, row)) yield row;
}

/** Values as they lie in memory, which is how Parquet has them too, without those of the rows that have none. */
function fixedValues(vector: Vector, rows: number, places: number): Buffer {
  const { values } = vector;
  const width = values.BYTES_PER_ELEMENT * places;
  const all = Buffer.from(values.buffer, values.byteOffset, rows * width);
  if (vector.validity === null) return all;
  const kept = Buffer.allocUnsafe(rows * width);
  let used = 0;
  for (let row = 0; row < rows; ) {
    const from = row;
    while (row < rows && isValid(vector, row)) row++;
    used += all.copy(kept, used, from * width, row * width);
    while (row < rows && !isValid(vector, row)) row++;
  }
  return kept.subarray(0, used);
}

function arrayValues(vector: Vector, rows: number): Buffer {
  const places = placesOf(vector.type);
  if (vector.type.kind !== 'array' || vector.type.element !== 'bool')
    return fixedValues(vector, rows, places);
  const { values } = toElements(vector);
  const elements = [...presentRows(vector, rows)].flatMap((row) =>
    Array.from({ length: places }, (_, i) => row * places + i),
  );
  return packBits(values, elements);
}

function packBits(values: Vector['values'], places: Iterable<number>): Buffer {
  const bytes: number[] = [];
  let count = 0;
  for (const place of places) {
    if ((count & 7) === 0) bytes.push(0);
    if (values[place] === 1) bytes[bytes.length - 1] = (bytes.at(-1) as number) | (1 << (count & 7));
    count++;
  }
  return Buffer.from(bytes);
}

/** Texts and bytes, each behind its length in four bytes. */
function withLengths(vector: Vector, rows: number, value: (row: number) => Uint8Array): Buffer {
  let bytes = Buffer.allocUnsafe(rows * 4 + (vector.offsets?.[rows] ?? rows * 36));
  let used = 0;
  for (let row = 0; row < rows; row++) {
    if (!isValid(vector, row)) continue;
    const each = value(row);
    if (used + 4 + each.length > bytes.length) bytes = Buffer.concat([bytes], (used + each.length) * 2 + 4);
    bytes.writeUInt32LE(each.length, used);
    bytes.set(each, used + 4);
    used += 4 + each.length;
  }
  return bytes.subarray(0, used);
}

/** Numbers of 128 bits, the highest byte first. */
function wideDecimals(vector: Vector, rows: number): Buffer {
  const words = vector.values as BigInt64Array;
  const bytes = Buffer.allocUnsafe(rows * WIDE_BYTES);
  let used = 0;
  for (let row = 0; row < rows; row++) {
    if (!isValid(vector, row)) continue;
    bytes.writeBigInt64BE(words[row * 2 + 1] as bigint, used);
    bytes.writeBigInt64BE(words[row * 2] as bigint, used + 8);
    used += WIDE_BYTES;
  }
  return bytes.subarray(0, used);
}

/** Bytes that are no UTF-8 would be stored as something else: all together must be, and no value begins inside a letter. */
function assertUtf8(vector: Vector, rows: number, name: string): void {
  const offsets = vector.offsets as Int32Array;
  const values = vector.values as Uint8Array;
  let whole = isUtf8(values.subarray(offsets[0], offsets[rows]));
  for (let row = 0; whole && row < rows; row++) {
    const first = offsets[row] as number;
    if (first < (offsets[row + 1] as number)) whole = ((values[first] as number) & 0xc0) !== 0x80;
  }
  if (whole) return;
  throw new ScoringError(`load: column "${name}" has a text that is no UTF-8, which BigQuery cannot hold`, {
    code: 'WAREHOUSE',
    stage: 'stage',
    details: { column: name },
    hint: 'Find out where the bytes come from: the source, or the tokenizer of the model.',
  });
}
