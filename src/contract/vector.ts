import { assertInvariant } from './errors.js';
import type { ArrayType, CanonicalType } from './types.js';

/** The typed arrays that a vector's values may live in. */
export type VectorValues = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/**
 * One column of a chunk, in Arrow's layout.
 *
 * | type | values |
 * |---|---|
 * | bool | Uint8Array, one byte a row |
 * | int32, date (days since 1970) | Int32Array |
 * | int64, time and timestamp (microseconds), decimal of up to 18 digits (scaled) | BigInt64Array |
 * | float / double | Float32Array / Float64Array |
 * | decimal of over 18 digits (scaled), uuid (as the number its hex digits write) | BigInt64Array, low then high half |
 * | text (UTF-8), bytes | Uint8Array of all values end to end, with `offsets` of length + 1 |
 * | array | the elements' own array: those of all rows end to end, `type.length` a row |
 *
 * The largest date or timestamp and its negation are infinity and -infinity. The value under a NULL is unspecified.
 */
export interface Vector {
  readonly type: CanonicalType;
  /** Rows; `values` has room for them all, and may have more. */
  readonly length: number;
  readonly values: VectorValues;
  /** Bit i (least significant first) is 1 where row i has a value; null where every row has one. */
  readonly validity: Uint8Array | null;
  readonly offsets?: Int32Array;
}

/**
 * Columnar rows in the order of the query's columns. No two columns share memory: when a run is done with one, its
 * memory goes to the chunks that follow.
 */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly Vector[];
}

/** True when the row has a value. */
export function isValid(vector: Vector, row: number): boolean {
  return vector.validity === null || ((vector.validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** A validity bitmap in which the rows that `isThere` names have a value. */
export function newValidity(rows: number, isThere: (row: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows / 8));
  for (let row = 0; row < rows; row++) {
    if (isThere(row)) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
  return bits;
}

/** How many of the vector's rows are NULL. */
export function countNulls(vector: Vector): number {
  if (vector.validity === null) return 0;
  const { validity, length } = vector;
  let valid = 0;
  for (let at = 0; at < length >> 3; at++) valid += countBits(validity[at] as number);
  for (let row = length & ~7; row < length; row++) if (isValid(vector, row)) valid++;
  return length - valid;
}

function countBits(byte: number): number {
  if (byte === 255) return 8;
  const pairs = byte - ((byte >> 1) & 0x55);
  const nibbles = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (nibbles + (nibbles >> 4)) & 0x0f;
}

/** True for types whose 128-bit values take two 64-bit words a row. */
export function isWide(type: CanonicalType): boolean {
  return type.kind === 'uuid' || (type.kind === 'decimal' && type.precision > 18);
}

/** True for types that keep `offsets` into bytes. */
export function isVariable(type: CanonicalType): boolean {
  return type.kind === 'text' || type.kind === 'bytes';
}

/** Room for `length` values of a fixed-width type. */
export function newValues(type: CanonicalType, length: number): VectorValues {
  switch (type.kind) {
    case 'bool':
      return new Uint8Array(length);
    case 'int32':
    case 'date':
      return new Int32Array(length);
    case 'float':
      return new Float32Array(length);
    case 'double':
      return new Float64Array(length);
    case 'int64':
    case 'time':
    case 'timestamp':
      return new BigInt64Array(length);
    case 'decimal':
    case 'uuid':
      return new BigInt64Array(length * placesOf(type));
    case 'text':
    case 'bytes':
      return new Uint8Array(length);
    case 'array':
      return newValues({ kind: type.element }, length * placesOf(type));
  }
}

/** Elements that a row of an array vector has. */
export function elementsOf({ length }: ArrayType): number {
  assertInvariant(length !== null, 'an array without a length has values', 'stage');
  return length;
}

/** Places that a row takes among the values of a type that is not variable. */
export function placesOf(type: CanonicalType): number {
  if (type.kind === 'array') return elementsOf(type);
  return isWide(type) ? 2 : 1;
}

/** The elements of an array vector, as a vector of their own. */
export function toElements({ type, values, length }: Vector): Vector {
  assertInvariant(type.kind === 'array', `a column of ${type.kind} has no elements`, 'stage');
  return { type: { kind: type.element }, length: length * elementsOf(type), values, validity: null };
}

/** The typed arrays' buffers, for handing a vector's memory on. */
export function buffersOf(vector: Vector): ArrayBuffer[] {
  const buffers: ArrayBufferLike[] = [vector.values.buffer];
  if (vector.validity !== null) buffers.push(vector.validity.buffer);
  if (vector.offsets !== undefined) buffers.push(vector.offsets.buffer);
  return buffers.filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
}
