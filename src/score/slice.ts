import type { Vector } from '../contract/index.js';
import { takeRows } from '../features/take-rows.js';
import type { ChunkColumns } from './protocol.js';

/** Rows `from` to `to` of all columns. A column that stands in two places is still one column afterwards. */
export function sliceColumns(columns: ChunkColumns, from: number, to: number): ChunkColumns {
  const rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
  const sliced = new Map<Vector, Vector>();
  const slice = (vector: Vector): Vector => {
    const made = sliced.get(vector) ?? takeRows(vector, rows);
    sliced.set(vector, made);
    return made;
  };
  return {
    features: columns.features.map(slice),
    key: columns.key.map(slice),
    passthrough: columns.passthrough.map(slice),
  };
}
