import type { CanonicalType, Column } from '../../src/contract/index.js';

/** A column's type as a result's metadata tells it. */
export interface NativeType {
  /** The server's word: fixed, real, text, … */
  readonly name: string;
  readonly precision: number | null;
  readonly scale: number | null;
}

type Match = Pick<Column, 'type' | 'inexact'>;

/** Whole numbers of so many digits fit 32 and 64 bits, and one of 19 is what a 64-bit column is made as. */
const INT32_DIGITS = 9;
const INT64_DIGITS = 19;

/** The finest fraction of a second that is kept. */
const MICROSECONDS = 6;

/** The canonical type; null for one that scorehouse does not take. */
export function toCanonical({ name, precision, scale }: NativeType): Match | null {
  switch (name.toLowerCase()) {
    case 'fixed':
      return { type: toNumber(precision ?? 38, scale ?? 0) };
    case 'real':
      return { type: { kind: 'double' } };
    case 'text':
      return { type: { kind: 'text' } };
    case 'boolean':
      return { type: { kind: 'bool' } };
    case 'binary':
      return { type: { kind: 'bytes' } };
    case 'date':
      return { type: { kind: 'date' } };
    case 'time':
      return { type: { kind: 'time' }, ...cut(scale) };
    case 'timestamp_ntz':
      return { type: { kind: 'timestamp', zoned: false }, ...cut(scale) };
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return { type: { kind: 'timestamp', zoned: true }, ...cut(scale) };
    default:
      return null;
  }
}

function toNumber(precision: number, scale: number): CanonicalType {
  if (scale !== 0 || precision > INT64_DIGITS) return { kind: 'decimal', precision, scale };
  return { kind: precision <= INT32_DIGITS ? 'int32' : 'int64' };
}

/** Nanoseconds are what a column has where nothing else is said, and have no place in a canonical value. */
function cut(scale: number | null): Pick<Match, 'inexact'> {
  return (scale ?? 9) > MICROSECONDS ? { inexact: true } : {};
}

/** The type as its DDL word, for messages. */
export function renderNative({ name, precision, scale }: NativeType): string {
  switch (name.toLowerCase()) {
    case 'fixed':
      return `NUMBER(${precision ?? 38},${scale ?? 0})`;
    case 'real':
      return 'FLOAT';
    case 'text':
      return 'VARCHAR';
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return `${name.toUpperCase()}(${scale ?? 9})`;
    default:
      return name.toUpperCase();
  }
}
