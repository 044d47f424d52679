import { assertInvariant, type CanonicalType, isValid, type VectorValues } from '../../src/contract/index.js';
import type { ArrowColumn } from './arrow.js';
import { copyDecimals, type Span, valueAt } from './decimals.js';

/** Copies rows of a column of fixed width into a vector's values. */
export function copyValues(column: ArrowColumn, type: CanonicalType, into: VectorValues, span: Span): void {
  const { from, rows, to } = span;
  switch (type.kind) {
    case 'bool':
      copyBits(column.values as unknown as Uint8Array, into, span);
      break;
    case 'decimal':
      copyDecimals(column, type, into, span);
      break;
    case 'double':
      if (column.bits > 0) copyInexact(column, into as Float64Array, span);
      else into.set((column.values as unknown as Float64Array).subarray(from, from + rows) as never, to);
      break;
    default: {
      const values = column.values as unknown as VectorValues;
      const same = values.constructor === into.constructor;
      assertInvariant(same, `a column of ${type.kind} is read as another type`, 'extract');
      into.set(values.subarray(from, from + rows) as never, to);
    }
  }
}

/** A bit of Arrow is a byte of ours. */
function copyBits(bits: Uint8Array, into: VectorValues, { from, rows, to }: Span): void {
  for (let i = 0; i < rows; i++) {
    const row = from + i;
    into[to + i] = (((bits[row >> 3] as number) >> (row & 7)) & 1) as never;
  }
}

/** Decimals of more digits than ours, as the nearest double. */
function copyInexact(column: ArrowColumn, into: Float64Array, { from, rows, to }: Span): void {
  const words = new BigInt64Array(column.values.buffer as ArrayBuffer, column.values.byteOffset);
  const vector = {
    type: { kind: 'bool' },
    length: rows,
    values: new Uint8Array(0),
    validity: column.validity,
  } as const;
  for (let i = 0; i < rows; i++) {
    if (!isValid(vector, from + i)) continue;
    into[to + i] = Number(`${valueAt(words, from + i, column.bits / 64)}e-${column.scale}`);
  }
}
