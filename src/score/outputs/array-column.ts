import {
  type ArrayType,
  elementsOf,
  newValidity,
  newValues,
  type VectorValues,
} from '../../contract/index.js';
import type { OutputSpec } from '../../plan/scoring-spec.js';
import { type BlockRows, type OutputTensor, type Taker, widthOf } from './block.js';
import { NO_FAULTS, type OutputColumn, type ScoredOutput } from './column.js';

/** All elements of each row as an array. */
export class ArrayColumn implements OutputColumn, Taker {
  readonly from: string;
  readonly #type: ArrayType;
  readonly #nonfinite: OutputSpec['nonfinite'];
  readonly #rows: number;
  readonly #values: VectorValues;

  constructor({ from, nonfinite }: OutputSpec, type: ArrayType, rows: number) {
    this.from = from;
    this.#type = type;
    this.#nonfinite = nonfinite;
    this.#rows = rows;
    this.#values = newValues(type, rows);
  }

  take(tensor: OutputTensor, block: BlockRows): void {
    const length = elementsOf(this.#type);
    widthOf(this.from, tensor, block, (width) => width === length);
    const data = tensor.data as Float32Array;
    (this.#values as Float32Array).set(data.subarray(0, block.rows * length), block.at * length);
  }

  /** An array that holds NaN or infinity becomes NULL as a whole where the output's policy says so. */
  toOutput(): ScoredOutput {
    const vector = { type: this.#type, length: this.#rows, values: this.#values };
    if (this.#nonfinite === 'keep') return { vector: { ...vector, validity: null }, faults: NO_FAULTS };
    const broken = this.#findBroken();
    if (this.#nonfinite === 'fail' || broken.size === 0) {
      return { vector: { ...vector, validity: null }, faults: { ...NO_FAULTS, nonfinite: broken.size } };
    }
    const validity = newValidity(this.#rows, (row) => !broken.has(row));
    return { vector: { ...vector, validity }, faults: NO_FAULTS };
  }

  /** Rows that hold NaN or infinity. */
  #findBroken(): ReadonlySet<number> {
    const length = elementsOf(this.#type);
    const values = this.#values as Float64Array;
    const broken = new Set<number>();
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) broken.add(Math.floor(i / length));
    }
    return broken;
  }
}
