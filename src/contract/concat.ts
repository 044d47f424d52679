import { assertInvariant } from './errors.js';
import { type Batch, isValid, isVariable, newValidity, newValues, placesOf, type Vector } from './vector.js';

/** The rows of several batches, which have the same columns, as one. */
export function concatBatches(batches: readonly Batch[]): Batch {
  const [first] = batches;
  assertInvariant(first !== undefined, 'there are no batches to put together', 'extract');
  if (batches.length === 1) return first;
  const columns = first.columns.map((_, i) =>
    concatVectors(batches.map(({ columns }) => columns[i] as Vector)),
  );
  return { rows: batches.reduce((sum, { rows }) => sum + rows, 0), columns };
}

function concatVectors(vectors: readonly Vector[]): Vector {
  const { type } = vectors[0] as Vector;
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const validity = concatValidity(vectors, length);
  if (isVariable(type)) return { type, length, validity, ...concatBytes(vectors, length) };
  const values = newValues(type, length);
  let at = 0;
  for (const vector of vectors) {
    const count = vector.length * placesOf(type);
    values.set(vector.values.subarray(0, count) as never, at);
    at += count;
  }
  return { type, length, validity, values };
}

function concatValidity(vectors: readonly Vector[], length: number): Uint8Array | null {
  if (vectors.every(({ validity }) => validity === null)) return null;
  const places = vectors.flatMap((vector) =>
    Array.from({ length: vector.length }, (_, row) => isValid(vector, row)),
  );
  return newValidity(length, (row) => places[row] === true);
}

function concatBytes(vectors: readonly Vector[], length: number): Pick<Vector, 'values' | 'offsets'> {
  const offsets = new Int32Array(length + 1);
  let row = 0;
  for (const vector of vectors) {
    const own = vector.offsets as Int32Array;
    const shift = (offsets[row] as number) - (own[0] as number);
    for (let i = 0; i < vector.length; i++) offsets[++row] = (own[i + 1] as number) + shift;
  }
  const values = new Uint8Array(offsets[length] as number);
  row = 0;
  for (const vector of vectors) {
    const own = vector.offsets as Int32Array;
    const bytes = (vector.values as Uint8Array).subarray(own[0] as number, own[vector.length] as number);
    values.set(bytes, offsets[row] as number);
    row += vector.length;
  }
  return { values, offsets };
}
