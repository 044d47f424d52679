import { isValid, isVariable, placesOf, type Vector } from '../contract/index.js';
import type { ChunkColumns } from './protocol.js';

/** Rows `from` to `to` of all columns. A column that stands in two places is still one column afterwards. */
export function sliceColumns(columns: ChunkColumns, from: number, to: number): ChunkColumns {
  const sliced = new Map<Vector, Vector>();
  const slice = (vector: Vector): Vector => {
    const made = sliced.get(vector) ?? sliceVector(vector, from, to);
    sliced.set(vector, made);
    return made;
  };
  return {
    features: columns.features.map(slice),
    key: columns.key.map(slice),
    passthrough: columns.passthrough.map(slice),
  };
}

/** Rows `from` to `to` of a vector; its values stay where they are. */
function sliceVector(vector: Vector, from: number, to: number): Vector {
  const { type, values, offsets } = vector;
  const width = placesOf(type);
  return {
    type,
    length: to - from,
    values: isVariable(type) ? values : values.subarray(from * width, to * width),
    validity: sliceValidity(vector, from, to),
    ...(offsets === undefined ? {} : { offsets: offsets.subarray(from, to + 1) }),
  };
}

function sliceValidity(vector: Vector, from: number, to: number): Uint8Array | null {
  if (vector.validity === null) return null;
  const bits = new Uint8Array(Math.ceil((to - from) / 8));
  for (let row = from; row < to; row++) {
    if (isValid(vector, row))
      bits[(row - from) >> 3] = (bits[(row - from) >> 3] ?? 0) | (1 << ((row - from) & 7));
  }
  return bits;
}
