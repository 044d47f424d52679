import { isValid, type Vector } from '../../src/contract/index.js';
import { LENGTH_BYTES, NUMERIC_SIGN, widthOf } from './binary.js';
import { type Put, putOf } from './encode.js';
import { type NumericDigits, toDigits } from './numeric.js';

/** Up to so many bytes a loop is faster than the call that copies. */
const SHORT_BYTES = 64;

/** Where rows are written: `cursors[i]` is where row i goes on, moved behind what is written. */
export interface Target {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly cursors: Int32Array;
}

/** One column's values as the fields of tuples. Rows are those from `from` to `from + rows`. */
export interface Field {
  /** Adds each row's bytes, its length included, to `sizes`. */
  addSizes(sizes: Int32Array, from: number, rows: number): void;
  write(target: Target, from: number, rows: number): void;
}

/** The field of a vector. */
export function toField(vector: Vector): Field {
  const width = widthOf(vector.type);
  if (width !== null) return new FixedField(vector, width, putOf(vector));
  return vector.type.kind === 'decimal'
    ? new DecimalField(vector, vector.type.scale)
    : new BytesField(vector);
}

/** The bytes of a field that is the same in every row, its length included, from a vector of one row. */
export function encodeConstant(vector: Vector): Buffer {
  const field = toField(vector);
  const sizes = new Int32Array(1);
  field.addSizes(sizes, 0, 1);
  const bytes = Buffer.alloc(sizes[0] as number);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  field.write({ view, bytes, cursors: new Int32Array(1) }, 0, 1);
  return bytes;
}

class FixedField implements Field {
  readonly #vector: Vector;
  readonly #width: number;
  readonly #put: Put;

  constructor(vector: Vector, width: number, put: Put) {
    this.#vector = vector;
    this.#width = width;
    this.#put = put;
  }

  addSizes(sizes: Int32Array, from: number, rows: number): void {
    const size = LENGTH_BYTES + this.#width;
    for (let i = 0; i < rows; i++) {
      sizes[i] = (sizes[i] as number) + (isValid(this.#vector, from + i) ? size : LENGTH_BYTES);
    }
  }

  write({ view, cursors }: Target, from: number, rows: number): void {
    const [width, put, vector] = [this.#width, this.#put, this.#vector];
    for (let i = 0; i < rows; i++) {
      const p = cursors[i] as number;
      if (isValid(vector, from + i)) {
        view.setInt32(p, width);
        put(view, p + LENGTH_BYTES, from + i);
        cursors[i] = p + LENGTH_BYTES + width;
      } else cursors[i] = writeNull(view, p);
    }
  }
}

class BytesField implements Field {
  readonly #vector: Vector;
  readonly #values: Uint8Array;
  readonly #offsets: Int32Array;

  constructor(vector: Vector) {
    this.#vector = vector;
    this.#values = vector.values as Uint8Array;
    this.#offsets = vector.offsets as Int32Array;
  }

  addSizes(sizes: Int32Array, from: number, rows: number): void {
    for (let i = 0; i < rows; i++) {
      sizes[i] = (sizes[i] as number) + LENGTH_BYTES;
      if (isValid(this.#vector, from + i)) sizes[i] = (sizes[i] as number) + this.#lengthOf(from + i);
    }
  }

  write({ view, bytes, cursors }: Target, from: number, rows: number): void {
    const values = this.#values;
    for (let i = 0; i < rows; i++) {
      const p = cursors[i] as number;
      if (!isValid(this.#vector, from + i)) {
        cursors[i] = writeNull(view, p);
        continue;
      }
      const start = this.#offsets[from + i] as number;
      const length = this.#lengthOf(from + i);
      view.setInt32(p, length);
      const at = p + LENGTH_BYTES;
      if (length <= SHORT_BYTES) for (let j = 0; j < length; j++) bytes[at + j] = values[start + j] as number;
      else bytes.set(values.subarray(start, start + length), at);
      cursors[i] = at + length;
    }
  }

  #lengthOf(row: number): number {
    return (this.#offsets[row + 1] as number) - (this.#offsets[row] as number);
  }
}

/** Bytes of a numeric before its digits. */
const NUMERIC_HEAD_BYTES = 8;

class DecimalField implements Field {
  readonly #vector: Vector;
  readonly #scale: number;
  /** The rows that sizes were asked for last: they are written next. */
  readonly #digits: (NumericDigits | null)[] = [];

  constructor(vector: Vector, scale: number) {
    this.#vector = vector;
    this.#scale = scale;
  }

  addSizes(sizes: Int32Array, from: number, rows: number): void {
    for (let i = 0; i < rows; i++) {
      const digits = isValid(this.#vector, from + i)
        ? toDigits(scaledAt(this.#vector, from + i), this.#scale)
        : null;
      this.#digits[i] = digits;
      const size = digits === null ? 0 : NUMERIC_HEAD_BYTES + 2 * digits.digits.length;
      sizes[i] = (sizes[i] as number) + LENGTH_BYTES + size;
    }
  }

  write({ view, cursors }: Target, _from: number, rows: number): void {
    for (let i = 0; i < rows; i++) {
      const digits = this.#digits[i];
      const p = cursors[i] as number;
      cursors[i] = digits ? writeNumeric(view, p, digits, this.#scale) : writeNull(view, p);
    }
  }
}

function scaledAt({ type, values }: Vector, row: number): bigint {
  const words = values as BigInt64Array;
  if (widthOfDecimal(type) === 1) return words[row] as bigint;
  return ((words[row * 2 + 1] as bigint) << 64n) + BigInt.asUintN(64, words[row * 2] as bigint);
}

function widthOfDecimal(type: Vector['type']): number {
  return type.kind === 'decimal' && type.precision > 18 ? 2 : 1;
}

function writeNumeric(
  view: DataView,
  p: number,
  { digits, weight, negative }: NumericDigits,
  scale: number,
): number {
  view.setInt32(p, NUMERIC_HEAD_BYTES + 2 * digits.length);
  view.setInt16(p + 4, digits.length);
  view.setInt16(p + 6, weight);
  view.setUint16(p + 8, negative ? NUMERIC_SIGN.negative : NUMERIC_SIGN.positive);
  view.setInt16(p + 10, scale);
  let at = p + LENGTH_BYTES + NUMERIC_HEAD_BYTES;
  for (let i = digits.length - 1; i >= 0; i--, at += 2) view.setInt16(at, digits[i] as number);
  return at;
}

function writeNull(view: DataView, p: number): number {
  view.setInt32(p, -1);
  return p + LENGTH_BYTES;
}
