import { isValid, ScoringError, type Vector } from '../contract/index.js';

/** Rows `from` to `to` as 64-bit integers, exact. */
export function writeInt64(
  target: BigInt64Array,
  offset: number,
  stride: number,
  vector: Vector,
  from: number,
  to: number,
  nullValue: bigint,
): void {
  const { values } = vector;
  const wide = values instanceof BigInt64Array;
  for (let row = from, at = offset; row < to; row++, at += stride) {
    const value = values[row];
    target[at] = isValid(vector, row) ? (wide ? (value as bigint) : BigInt(value as number)) : nullValue;
  }
}

/** Rows `from` to `to` as 32-bit integers; a value that does not fit is an error, never cut. */
export function writeInt32(
  target: Int32Array,
  offset: number,
  stride: number,
  vector: Vector,
  from: number,
  to: number,
  nullValue: number,
  column: string,
): void {
  const { values } = vector;
  for (let row = from, at = offset; row < to; row++, at += stride) {
    const value = isValid(vector, row) ? Number(values[row]) : nullValue;
    target[at] = value;
    if (target[at] !== value) throw outOfRange(column);
  }
}

function outOfRange(column: string): ScoringError {
  return new ScoringError(`feature "${column}" has a value that does not fit the model's int32 input`, {
    code: 'BAD_FEATURES',
    stage: 'features',
    details: { column },
    hint: 'Export the model with an int64 input, or limit the column in the source query.',
  });
}
