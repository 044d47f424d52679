import { countNulls, isValid, type Vector } from '../contract/index.js';

/** Rows without a value: NULL, and NaN in floating columns. */
export function findMissing(vector: Vector): readonly number[] {
  const { values, length } = vector;
  if (countNulls(vector) === 0 && !hasNan(vector)) return [];
  const floating = isFloating(vector);
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    if (!isValid(vector, row) || (floating && Number.isNaN(values[row]))) rows.push(row);
  }
  return rows;
}

/** Rows of a floating column that are NaN, and not NULL. */
export function findNan(vector: Vector): readonly number[] {
  if (!hasNan(vector)) return [];
  const rows: number[] = [];
  for (let row = 0; row < vector.length; row++) {
    if (Number.isNaN(vector.values[row]) && isValid(vector, row)) rows.push(row);
  }
  return rows;
}

/** One native look over the values, those under NULLs among them. */
function hasNan(vector: Vector): boolean {
  if (!isFloating(vector)) return false;
  return (vector.values as Float64Array).subarray(0, vector.length).includes(Number.NaN);
}

function isFloating({ type }: Vector): boolean {
  return type.kind === 'float' || type.kind === 'double';
}
