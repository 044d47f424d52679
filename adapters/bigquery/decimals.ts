import { isWide, ScoringError, type Vector, type VectorValues } from '../../src/contract/index.js';
import type { ArrowColumn } from './arrow.js';

type DecimalType = Extract<Vector['type'], { kind: 'decimal' }>;

/** Rows of a column, and where they go. */
export interface Span {
  readonly from: number;
  readonly rows: number;
  readonly to: number;
}

/** Copies decimals of 128 or 256 bits, with the digits behind the point that the type has. */
export function copyDecimals(column: ArrowColumn, type: DecimalType, into: VectorValues, span: Span): void {
  const words = new BigInt64Array(column.values.buffer as ArrayBuffer, column.values.byteOffset);
  const width = column.bits / 64;
  const target = into as BigInt64Array;
  if (column.scale === type.scale && width === 2) copyWords(words, target, isWide(type), span);
  else rescale(words, column, type, target, span);
}

function copyWords(
  words: BigInt64Array,
  target: BigInt64Array,
  wide: boolean,
  { from, rows, to }: Span,
): void {
  if (wide) target.set(words.subarray(from * 2, (from + rows) * 2), to * 2);
  // The upper half of a number of up to 18 digits says its sign only.
  else for (let i = 0; i < rows; i++) target[to + i] = words[(from + i) * 2] as bigint;
}

function rescale(
  words: BigInt64Array,
  { scale, bits, validity }: ArrowColumn,
  type: DecimalType,
  target: BigInt64Array,
  { from, rows, to }: Span,
): void {
  const wide = isWide(type);
  const factor = 10n ** BigInt(Math.abs(type.scale - scale));
  for (let i = 0; i < rows; i++) {
    const row = from + i;
    if (validity !== null && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0) continue;
    const value = valueAt(words, row, bits / 64);
    const scaled = type.scale >= scale ? value * factor : value / factor;
    const exact = type.scale >= scale || scaled * factor === value;
    if (!exact || BigInt.asIntN(wide ? 128 : 64, scaled) !== scaled) throw tooManyDigits(type);
    if (wide) {
      target[(to + i) * 2] = BigInt.asIntN(64, scaled);
      target[(to + i) * 2 + 1] = BigInt.asIntN(64, scaled >> 64n);
    } else target[to + i] = scaled;
  }
}

/** A decimal's digits as one number, from words of 64 bits, the lowest first. */
export function valueAt(words: BigInt64Array, row: number, width: number): bigint {
  let value = words[(row + 1) * width - 1] as bigint;
  for (let word = width - 2; word >= 0; word--) {
    value = (value << 64n) + BigInt.asUintN(64, words[row * width + word] as bigint);
  }
  return value;
}

function tooManyDigits({ precision, scale }: DecimalType): ScoringError {
  return new ScoringError(
    `read: a decimal has more digits than ${precision}, or more than ${scale} of them behind the point`,
    {
      code: 'WAREHOUSE',
      stage: 'extract',
      hint: 'The table has changed since the run was planned: run again.',
    },
  );
}
