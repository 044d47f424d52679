import {
  type BufferPool,
  type CanonicalType,
  type Column,
  isWide,
  ScoringError,
  type Vector,
  type VectorValues,
} from '../../src/contract/index.js';
import type { Cell, Row } from './rows.js';
import { toDouble } from './small-result.js';

/** Columns of rows in the forms that `renderTransfer` asks for, in memory of the pool. */
export function decodeColumn(rows: readonly Row[], index: number, column: Column, pool: BufferPool): Vector {
  const validity = decodeValidity(rows, index, pool);
  const { type } = column;
  const length = rows.length;
  if (type.kind === 'text' || type.kind === 'bytes') {
    return { type, length, validity, ...decodeBytes(rows, index, pool) };
  }
  return { type, length, validity, values: decodeValues(rows, index, column, pool) };
}

/** Null where every row has a value. */
function decodeValidity(rows: readonly Row[], index: number, pool: BufferPool): Uint8Array | null {
  let nulls = 0;
  for (const row of rows) if (row[index] === null) nulls++;
  if (nulls === 0) return null;
  const bits = new Uint8Array(pool.take(Math.ceil(rows.length / 8))).fill(0);
  for (let i = 0; i < rows.length; i++) {
    if ((rows[i] as Row)[index] !== null) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  }
  return bits;
}

function decodeBytes(
  rows: readonly Row[],
  index: number,
  pool: BufferPool,
): Pick<Vector, 'values' | 'offsets'> {
  const offsets = new Int32Array(pool.take(4 * (rows.length + 1)));
  let bytes = 0;
  offsets[0] = 0;
  for (let i = 0; i < rows.length; i++) {
    const cell = (rows[i] as Row)[index] as Cell;
    if (cell !== null) bytes += typeof cell === 'string' ? Buffer.byteLength(cell) : (cell as Buffer).length;
    offsets[i + 1] = bytes;
  }
  const values = Buffer.from(pool.take(bytes));
  for (let i = 0; i < rows.length; i++) {
    const cell = (rows[i] as Row)[index] as Cell;
    if (typeof cell === 'string') values.write(cell, offsets[i] as number);
    else if (cell !== null) values.set(cell as Buffer, offsets[i] as number);
  }
  return { values: new Uint8Array(values.buffer, 0, bytes), offsets };
}

function decodeValues(
  rows: readonly Row[],
  index: number,
  { name, type }: Column,
  pool: BufferPool,
): VectorValues {
  const length = rows.length;
  const cells = (i: number) => (rows[i] as Row)[index] as string | boolean | null;
  switch (type.kind) {
    case 'bool': {
      const out = new Uint8Array(pool.take(length));
      for (let i = 0; i < length; i++) out[i] = cells(i) === true ? 1 : 0;
      return out;
    }
    case 'double': {
      const out = new Float64Array(pool.take(8 * length));
      for (let i = 0; i < length; i++) out[i] = Number((rows[i] as Row)[index]);
      // Infinities come out as NaN, and are few.
      for (let i = 0; i < length; i++) if (Number.isNaN(out[i])) out[i] = toDouble(cells(i) as string);
      return out;
    }
    case 'int32':
    case 'date': {
      const out = new Int32Array(pool.take(4 * length));
      for (let i = 0; i < length; i++) {
        const value = Number(cells(i));
        out[i] = value;
        if (out[i] !== value) throw refuse(name, '32 bits');
      }
      return out;
    }
    default:
      return decodeWholeNumbers(rows, index, name, type, pool);
  }
}

function decodeWholeNumbers(
  rows: readonly Row[],
  index: number,
  name: string,
  type: CanonicalType,
  pool: BufferPool,
): BigInt64Array {
  const scale = type.kind === 'decimal' ? type.scale : 0;
  const places = isWide(type) ? 2 : 1;
  const out = new BigInt64Array(pool.take(8 * rows.length * places));
  for (let i = 0; i < rows.length; i++) {
    const text = (rows[i] as Row)[index];
    if (text === null) continue;
    const value = scale === 0 ? BigInt(text as string) : toScaled(text as string, scale);
    out[i * places] = value;
    if (places === 2) out[i * 2 + 1] = value >> 64n;
    else if (out[i] !== value) throw refuse(name, '64 bits');
  }
  return out;
}

/** A decimal as the whole number of its last digit's units. */
function toScaled(text: string, scale: number): bigint {
  const point = text.indexOf('.');
  const fraction = point < 0 ? '' : text.slice(point + 1);
  const whole = point < 0 ? text : text.slice(0, point);
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

function refuse(column: string, what: string): ScoringError {
  return new ScoringError(`column "${column}" has a value beyond ${what}`, {
    code: 'WAREHOUSE',
    stage: 'extract',
    details: { column },
    hint: 'Cast the column to number(38, 0), or to float, in the source query.',
  });
}
