import {
  type CanonicalType,
  elementsOf,
  isVariable,
  newValues,
  ScoringError,
} from '../../src/contract/index.js';

/** Bytes of the length that stands before every value. */
export const LENGTH_BYTES = 4;

/** Bytes of an array's binary form before its elements: dimensions, a flag, their type, length and lower bound. */
export const ARRAY_HEAD_BYTES = 20;

/** Bytes of a type's binary form without its length; null where it differs by value. */
export function widthOf(type: CanonicalType): number | null {
  if (type.kind === 'array') {
    const bytes = newValues({ kind: type.element }, 1).byteLength;
    return ARRAY_HEAD_BYTES + elementsOf(type) * (LENGTH_BYTES + bytes);
  }
  return isVariable(type) || type.kind === 'decimal' ? null : newValues(type, 1).byteLength;
}

/**
 * Where a run of a column's values stands. Row i's value begins at `positions[from + i] + offset`; a position of -1 is
 * a NULL. One object serves all columns of all runs: the socket's chunks are small, and an object for each column of
 * each chunk would cost as much as decoding.
 */
export interface Source {
  view: DataView;
  bytes: Uint8Array;
  rows: number;
  positions: Int32Array;
  from: number;
  offset: number;
  /** False where no value can be NULL. */
  nullable: boolean;
}

/** A source of no rows, to be filled in. */
export function newSource(positions: Int32Array): Source {
  const bytes = new Uint8Array(0);
  const view = new DataView(bytes.buffer);
  return { view, bytes, rows: 0, positions, from: 0, offset: 0, nullable: true };
}

/** A column's memory as its values are written: by the byte, in 32-bit halves, or whole. */
export interface ColumnMemory {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly halves: Int32Array;
  readonly words: BigInt64Array;
}

/** @param buffer of a length that the widest view of its type divides */
export function newColumnMemory(buffer: ArrayBuffer): ColumnMemory {
  return {
    buffer,
    bytes: new Uint8Array(buffer),
    halves: new Int32Array(buffer, 0, buffer.byteLength >> 2),
    words: new BigInt64Array(buffer, 0, buffer.byteLength >> 3),
  };
}

/** Days from 1970-01-01 to 2000-01-01, where Postgres begins to count. */
export const EPOCH_DAYS = 10_957;

/** The same in microseconds, 946,684,800,000,000, as the halves of a 64-bit integer. */
export const EPOCH_MICROS = {
  low: 946_684_800_000_000 % 2 ** 32,
  high: Math.floor(946_684_800_000_000 / 2 ** 32),
} as const;

export const MAX_INT32 = 0x7fffffff;
export const MIN_INT32 = -0x80000000;

/** The signs of a numeric's binary form. */
export const NUMERIC_SIGN = { positive: 0x0000, negative: 0x4000 } as const;

/** The error of a value that no vector can hold; it names the column, never the value. */
export function refuseValue(column: string, what: string): ScoringError {
  return new ScoringError(`column "${column}" holds ${what}, which scorehouse does not take`, {
    code: 'WAREHOUSE',
    stage: 'extract',
    details: { column },
    hint: 'Leave such rows out of the source query, or cast the column there to another type.',
  });
}
