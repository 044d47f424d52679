import { newValues, type VectorValues } from '../../contract/index.js';
import { toTextVector } from '../../features/texts.js';
import type { OutputRead, OutputSpec } from '../../plan/scoring-spec.js';
import { type BlockRows, type OutputTensor, type Taker, widthAround } from './block.js';
import { finiteRows, NO_FAULTS, type OutputColumn, type ScoredOutput } from './column.js';
import { toCorrection } from './sigmoid.js';

/** One element of each row, as the model gives it or corrected. */
export class ValueColumn implements OutputColumn, Taker {
  readonly from: string;
  readonly #spec: OutputSpec;
  readonly #read: Extract<OutputRead, { kind: 'value' }>;
  readonly #rows: number;
  readonly #values: VectorValues | string[];

  constructor(spec: OutputSpec, read: Extract<OutputRead, { kind: 'value' }>, rows: number) {
    this.from = spec.from;
    this.#spec = spec;
    this.#read = read;
    this.#rows = rows;
    this.#values = spec.type.kind === 'text' ? new Array<string>(rows).fill('') : newValues(spec.type, rows);
  }

  take(tensor: OutputTensor, block: BlockRows): void {
    const { element, sigmoid } = this.#read;
    const width = widthAround(this.from, tensor, block, element);
    const data = tensor.data as ArrayLike<never>;
    const [values, { at, rows }, offset] = [this.#values, block, element ?? 0];
    for (let row = 0; row < rows; row++) values[at + row] = data[row * width + offset] as never;
    if (sigmoid === undefined) return;
    const correct = toCorrection(sigmoid, this.#spec.type.kind);
    const scores = (values as Float64Array).subarray(at, at + rows);
    for (let row = 0; row < rows; row++) scores[row] = correct(scores[row] as number);
  }

  /** NaN and infinity become NULL where the output's policy says so. */
  toOutput(): ScoredOutput {
    const values = this.#values;
    if (Array.isArray(values)) return { vector: toTextVector(values), faults: NO_FAULTS };
    const { type, nonfinite } = this.#spec;
    const validity = nonfinite === 'null' ? finiteRows(values as Float64Array) : null;
    return { vector: { type, length: this.#rows, values, validity }, faults: NO_FAULTS };
  }
}
