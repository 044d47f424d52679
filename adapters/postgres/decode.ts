import { type CanonicalType, ScoringError } from '../../src/contract/index.js';
import {
  type ColumnMemory,
  EPOCH_DAYS,
  EPOCH_MICROS,
  MAX_INT32,
  MIN_INT32,
  refuseValue,
  type Source,
} from './binary.js';
import { decodeDecimals } from './numeric.js';

/** Writes a run of rows of one fixed-width type at row `at` of the column's memory. */
export type Decoder = (source: Source, memory: ColumnMemory, at: number, column: string) => void;

/**
 * The decoder of a type's binary form (`…send` in Postgres' source). One loop a column, over values of one type:
 * integers travel as 32-bit halves, since a bigint a value would cost more than all the rest.
 */
export function decoderOf(type: CanonicalType): Decoder {
  switch (type.kind) {
    case 'bool':
      return decodeBools;
    case 'int32':
    case 'float':
      return decode32;
    case 'date':
      return decodeDates;
    case 'int64':
    case 'double':
    case 'time':
      return decode64;
    case 'timestamp':
      return decodeTimestamps;
    case 'uuid':
      return decodeUuids;
    case 'decimal':
      return (source, memory, at, column) => decodeDecimals(source, memory, at, column, type);
    case 'text':
    case 'bytes':
    case 'array':
      throw new ScoringError(`${type.kind} is not decoded by width`, { code: 'INVARIANT', stage: 'extract' });
  }
}

function decodeBools(
  { bytes, positions, from, offset, rows }: Source,
  memory: ColumnMemory,
  at: number,
): void {
  const out = memory.bytes;
  for (let i = 0; i < rows; i++) {
    const place = positions[from + i] as number;
    const p = place + offset;
    if (place >= 0) out[at + i] = bytes[p] as number;
  }
}

function decode32({ view, positions, from, offset, rows }: Source, memory: ColumnMemory, at: number): void {
  const out = memory.halves;
  for (let i = 0; i < rows; i++) {
    const place = positions[from + i] as number;
    const p = place + offset;
    if (place >= 0) out[at + i] = view.getInt32(p);
  }
}

function decode64({ view, positions, from, offset, rows }: Source, memory: ColumnMemory, at: number): void {
  const out = memory.halves;
  for (let i = 0; i < rows; i++) {
    const place = positions[from + i] as number;
    const p = place + offset;
    if (place < 0) continue;
    const slot = (at + i) * 2;
    out[slot] = view.getInt32(p + 4);
    out[slot + 1] = view.getInt32(p);
  }
}

/** The server's infinities are the largest and the smallest integer; ours the largest and its negation. */
function decodeDates(
  { view, positions, from, offset, rows }: Source,
  memory: ColumnMemory,
  at: number,
): void {
  const out = memory.halves;
  for (let i = 0; i < rows; i++) {
    const place = positions[from + i] as number;
    const p = place + offset;
    if (place < 0) continue;
    const days = view.getInt32(p);
    if (days === MAX_INT32) out[at + i] = MAX_INT32;
    else if (days === MIN_INT32) out[at + i] = -MAX_INT32;
    else out[at + i] = days + EPOCH_DAYS;
  }
}

function decodeTimestamps(source: Source, memory: ColumnMemory, at: number, column: string): void {
  const { view, positions, from, offset, rows } = source;
  const out = memory.halves;
  for (let i = 0; i < rows; i++) {
    const place = positions[from + i] as number;
    const p = place + offset;
    if (place < 0) continue;
    const slot = (at + i) * 2;
    const high = view.getInt32(p);
    const low = view.getUint32(p + 4);
    if (high === MAX_INT32 && low === 0xffffffff) {
      out[slot] = -1;
      out[slot + 1] = MAX_INT32;
    } else if (high === MIN_INT32 && low === 0) {
      out[slot] = 1;
      out[slot + 1] = MIN_INT32;
    } else {
      const sum = low + EPOCH_MICROS.low;
      const sumHigh = high + EPOCH_MICROS.high + (sum > 0xffffffff ? 1 : 0);
      if (sumHigh > MAX_INT32) throw refuseValue(column, 'a timestamp after the year 294246');
      out[slot] = sum | 0;
      out[slot + 1] = sumHigh;
    }
  }
}

function decodeUuids(
  { view, positions, from, offset, rows }: Source,
  memory: ColumnMemory,
  at: number,
): void {
  const out = memory.halves;
  for (let i = 0; i < rows; i++) {
    const place = positions[from + i] as number;
    const p = place + offset;
    if (place < 0) continue;
    const slot = (at + i) * 4;
    out[slot] = view.getInt32(p + 12);
    out[slot + 1] = view.getInt32(p + 8);
    out[slot + 2] = view.getInt32(p + 4);
    out[slot + 3] = view.getInt32(p);
  }
}
