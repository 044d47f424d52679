import { newValidity, type Vector } from '../../contract/index.js';
import type { OutputFaults } from '../../plan/output-faults.js';

/** A column of a scored chunk. */
export interface ScoredOutput {
  readonly vector: Vector;
  readonly faults: OutputFaults;
}

/** What the blocks of a chunk were gathered for. */
export interface OutputColumn {
  /** The column, once all blocks were taken. */
  toOutput(): ScoredOutput;
}

/** Of a column that shows all that its scores were. */
export const NO_FAULTS: OutputFaults = { nonfinite: 0, unbanded: 0 };

/** Valid where a row's value is finite; null where all are. */
export function finiteRows(values: Float32Array | Float64Array): Uint8Array | null {
  if (values.every(Number.isFinite)) return null;
  return newValidity(values.length, (row) => Number.isFinite(values[row]));
}
