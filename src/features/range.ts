import { assertInvariant, isValid, type Vector } from '../contract/index.js';

/**
 * Rows whose number lies below the lowest or above the highest value. Numbers are compared as they are in the column:
 * integers exactly, a decimal as the double nearest to it, a float with the floats nearest to the ends. NULL and NaN
 * are missing values and lie nowhere.
 */
export function findOutside(vector: Vector, [low, high]: readonly [number, number]): readonly number[] {
  const { type, values } = vector;
  switch (type.kind) {
    case 'float':
      return find(vector, values as Float32Array, Math.fround(low), Math.fround(high), 1);
    case 'int32':
    case 'double':
      return find(vector, values as Float64Array, low, high, 1);
    case 'decimal':
      return find(vector, values as BigInt64Array, low, high, 10 ** type.scale);
    case 'int64':
      return findIntegers(vector, values as BigInt64Array, low, high);
    default:
      assertInvariant(false, `a range of ${type.kind} was planned`, 'features');
  }
}

function find(
  vector: Vector,
  values: ArrayLike<number | bigint>,
  low: number,
  high: number,
  divisor: number,
): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < vector.length; row++) {
    const value = Number(values[row]) / divisor;
    if ((value < low || value > high) && isValid(vector, row)) rows.push(row);
  }
  return rows;
}

function findIntegers(vector: Vector, values: BigInt64Array, low: number, high: number): readonly number[] {
  // JavaScript compares a bigint with a number exactly, infinity included.
  const rows: number[] = [];
  for (let row = 0; row < vector.length; row++) {
    const value = values[row] as bigint;
    if ((value < low || value > high) && isValid(vector, row)) rows.push(row);
  }
  return rows;
}
