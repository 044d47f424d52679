import {
  type CanonicalType,
  elementsOf,
  isWide,
  toElements,
  type Vector,
  valueToText,
} from '../contract/index.js';
import { insertPoint, writeHex, writeHex32, writeInt64, writeUint32 } from './digits.js';

const COLON = 0x3a;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const TILDE = 0x7e;
const HYPHEN = 0x2d;
const TRUE = 0x74;
const FALSE = 0x66;
const INFINITY = Uint8Array.from(Buffer.from('infinity'));
const NEGATIVE_INFINITY = Uint8Array.from(Buffer.from('-infinity'));

const PIECE_BYTES = 24;
const WIDE_PIECE_BYTES = 48;

/** Writes the text of a row's value, which is not NULL, at a place and returns its end. */
type ValueWriter = (bytes: Uint8Array, at: number, row: number) => number;

/** Most bytes that a piece of the type takes; of a text or bytes value without `contentBytes`. */
export function maxPieceBytes(type: CanonicalType): number {
  if (type.kind === 'array') return (1 + elementsOf(type)) * PIECE_BYTES;
  return isWide(type) ? WIDE_PIECE_BYTES : PIECE_BYTES;
}

/** Bytes that a text or bytes value takes in its piece. */
export function contentBytes(vector: Vector, row: number): number {
  const offsets = vector.offsets as Int32Array;
  const length = (offsets[row + 1] as number) - (offsets[row] as number);
  return vector.type.kind === 'bytes' ? 2 * length : length;
}

/**
 * Appends the column's piece to each of `rows` rows from row `from` on: `ends` holds where the rows' encodings end so
 * far. README.md of this folder says what a piece is.
 */
export function appendPieces(
  bytes: Uint8Array,
  ends: Int32Array,
  vector: Vector,
  from: number,
  rows: number,
): void {
  const write = toWriter(vector);
  const { validity } = vector;
  for (let i = 0; i < rows; i++) {
    const row = from + i;
    let end = ends[i] as number;
    if (validity === null || ((validity[row >> 3] as number) & (1 << (row & 7))) !== 0) {
      end = write(bytes, end, row);
    } else {
      bytes[end++] = TILDE;
    }
    bytes[end] = SEMICOLON;
    ends[i] = end + 1;
  }
}

function toWriter(vector: Vector): ValueWriter {
  const { type, values } = vector;
  switch (type.kind) {
    case 'bool':
      return (bytes, at, row) => {
        bytes[at] = values[row] === 1 ? TRUE : FALSE;
        return at + 1;
      };
    case 'int32':
      return (bytes, at, row) => {
        const value = values[row] as number;
        return writeInt64(bytes, at, value >> 31, value);
      };
    case 'int64':
    case 'time':
      return int64Writer(wordsOf(vector));
    case 'float':
    case 'double':
      return doubleWriter(values as Float64Array);
    case 'decimal':
      return isWide(type) ? wideWriter(vector, type.scale) : decimalWriter(wordsOf(vector), type.scale);
    case 'uuid':
      return uuidWriter(wordsOf(vector));
    case 'date':
      return dateWriter(values as Int32Array);
    case 'timestamp':
      return timestampWriter(wordsOf(vector));
    case 'text':
    case 'bytes':
      return variableWriter(vector);
    case 'array':
      return arrayWriter(vector, elementsOf(type));
  }
}

function arrayWriter(vector: Vector, length: number): ValueWriter {
  const write = toWriter(toElements(vector));
  return (bytes, at, row) => {
    const first = row * length;
    let end = writeUint32(bytes, at, length);
    for (let i = 0; i < length; i++) {
      bytes[end] = i === 0 ? COLON : COMMA;
      end = write(bytes, end + 1, first + i);
    }
    return end;
  };
}

/** Values of 64 bits as 32-bit words, the low one first. */
function wordsOf({ values }: Vector): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4);
}

function int64Writer(words: Int32Array): ValueWriter {
  return (bytes, at, row) => writeInt64(bytes, at, words[2 * row + 1] as number, words[2 * row] as number);
}

function doubleWriter(values: Float32Array | Float64Array): ValueWriter {
  const value = new Float64Array(1);
  const words = new Int32Array(value.buffer);
  return (bytes, at, row) => {
    // Adding 0 makes 0 of -0 and changes nothing else.
    value[0] = (values[row] as number) + 0;
    const nan = Number.isNaN(value[0]);
    const end = writeHex32(bytes, at, nan ? 0x7ff80000 : (words[1] as number));
    return writeHex32(bytes, end, nan ? 0 : (words[0] as number));
  };
}

function decimalWriter(words: Int32Array, scale: number): ValueWriter {
  const write = int64Writer(words);
  if (scale === 0) return write;
  return (bytes, at, row) => {
    const end = write(bytes, at, row);
    return insertPoint(bytes, (words[2 * row + 1] as number) < 0 ? at + 1 : at, end, scale);
  };
}

function wideWriter(vector: Vector, scale: number): ValueWriter {
  return (bytes, at, row) => {
    const text = valueToText(vector, row);
    return writeAscii(bytes, at, scale === 0 ? text : text.replace(/\.?0+$/, ''));
  };
}

function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function uuidWriter(words: Int32Array): ValueWriter {
  const hyphen = (bytes: Uint8Array, at: number) => {
    bytes[at] = HYPHEN;
    return at + 1;
  };
  return (bytes, at, row) => {
    const middle = words[4 * row + 2] as number;
    const lower = words[4 * row + 1] as number;
    let end = hyphen(bytes, writeHex32(bytes, at, words[4 * row + 3] as number));
    end = hyphen(bytes, writeHex(bytes, end, middle >>> 16, 4));
    end = hyphen(bytes, writeHex(bytes, end, middle, 4));
    end = hyphen(bytes, writeHex(bytes, end, lower >>> 16, 4));
    end = writeHex(bytes, end, lower, 4);
    return writeHex32(bytes, end, words[4 * row] as number);
  };
}

function dateWriter(values: Int32Array): ValueWriter {
  return (bytes, at, row) => {
    const value = values[row] as number;
    if (value === 2_147_483_647) return writeBytes(bytes, at, INFINITY);
    if (value <= -2_147_483_647) return writeBytes(bytes, at, NEGATIVE_INFINITY);
    return writeInt64(bytes, at, value >> 31, value);
  };
}

function timestampWriter(words: Int32Array): ValueWriter {
  return (bytes, at, row) => {
    const high = words[2 * row + 1] as number;
    const low = words[2 * row] as number;
    if (high === 0x7fffffff && low === -1) return writeBytes(bytes, at, INFINITY);
    if (high === -0x80000000 && (low === 0 || low === 1)) return writeBytes(bytes, at, NEGATIVE_INFINITY);
    return writeInt64(bytes, at, high, low);
  };
}

function writeBytes(bytes: Uint8Array, at: number, value: Uint8Array): number {
  bytes.set(value, at);
  return at + value.length;
}

/** Texts shorter than this are copied byte by byte: a view of one costs more. */
const SHORT_BYTES = 64;

function variableWriter({ type, values, offsets }: Vector): ValueWriter {
  const source = values as Uint8Array;
  const bounds = offsets as Int32Array;
  return (bytes, at, row) => {
    const from = bounds[row] as number;
    const to = bounds[row + 1] as number;
    let end = writeUint32(bytes, at, to - from);
    bytes[end++] = COLON;
    if (type.kind === 'bytes') {
      for (let i = from; i < to; i++) end = writeHex(bytes, end, source[i] as number, 2);
      return end;
    }
    if (to - from < SHORT_BYTES) for (let i = from; i < to; i++) bytes[end++] = source[i] as number;
    else {
      bytes.set(source.subarray(from, to), end);
      end += to - from;
    }
    return end;
  };
}
