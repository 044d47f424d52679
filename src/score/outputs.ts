import {
  type CanonicalType,
  newValues,
  ScoringError,
  type Vector,
  type VectorValues,
} from '../contract/index.js';
import { toTextVector } from '../features/texts.js';
import type { OutputSpec } from '../plan/scoring-spec.js';

/** A tensor that a block gave back. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** Gathers one output column over the blocks of a chunk. */
export class OutputColumn {
  readonly spec: OutputSpec;
  readonly #values: VectorValues | string[];
  readonly #rows: number;

  constructor(spec: OutputSpec, rows: number) {
    this.spec = spec;
    this.#rows = rows;
    this.#values = spec.type.kind === 'text' ? new Array<string>(rows) : newValues(spec.type, rows);
  }

  /** Takes `rows` values of the block's tensor, the padding left behind. */
  take(tensor: OutputTensor, at: number, rows: number, blockRows: number): void {
    const { from, read } = this.spec;
    const { element } = read;
    const data = tensor.data as ArrayLike<never>;
    const width = data.length / blockRows;
    if (!Number.isInteger(width) || (element === null ? width !== 1 : element >= width)) {
      throw new ScoringError(
        `model output "${from}" gave ${data.length} values for ${blockRows} rows, which does not fit its column`,
        { code: 'SCORING', stage: 'score', details: { output: from, dims: tensor.dims } },
      );
    }
    const offset = element ?? 0;
    for (let row = 0; row < rows; row++) this.#values[at + row] = data[row * width + offset] as never;
  }

  /** The column; non-finite values become NULL where the output's policy says so. */
  toVector(): Vector {
    const { type, nonfinite } = this.spec;
    if (Array.isArray(this.#values)) return toTextVector(this.#values);
    const validity =
      nonfinite === 'null' && isFloating(type) ? finiteBits(this.#values as Float64Array) : null;
    return { type, length: this.#rows, values: this.#values, validity };
  }
}

function isFloating(type: CanonicalType): boolean {
  return type.kind === 'float' || type.kind === 'double';
}

/** A validity bitmap of the finite values, null where all are. */
function finiteBits(values: Float32Array | Float64Array): Uint8Array | null {
  if (values.every(Number.isFinite)) return null;
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (Number.isFinite(value)) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  });
  return bits;
}
