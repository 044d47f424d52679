import type { Column } from '../../src/contract/index.js';
import { toNumber } from './types.js';

/** A column's type as a result's metadata tells it. */
export interface NativeType {
  /** The server's word: fixed, real, text, … */
  readonly name: string;
  readonly precision: number | null;
  readonly scale: number | null;
}

type Match = Pick<Column, 'type' | 'inexact'>;

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
