import type { Vector } from '../../contract/index.js';
import type { OutputRead, OutputSpec } from '../../plan/scoring-spec.js';
import { type BlockRows, type OutputTensor, type Taker, widthAround } from './block.js';
import { NO_VALUE, toBooleans, toTexts } from './codes.js';
import type { OutputColumn, ScoredOutput } from './column.js';
import { toCorrection } from './sigmoid.js';

type CodedRead = Extract<OutputRead, { kind: 'threshold' | 'bands' }>;

/** Where a score belongs: `NO_VALUE` where it belongs nowhere. */
type Classify = (score: number) => number;

/** A boolean or a band made of a score. It cannot show a score that is no number, or above all bands: those are counted. */
export class CodedColumn implements OutputColumn, Taker {
  readonly from: string;
  readonly #spec: OutputSpec;
  readonly #read: CodedRead;
  readonly #codes: Int32Array;
  #nonfinite = 0;
  #unbanded = 0;

  constructor(spec: OutputSpec, read: CodedRead, rows: number) {
    this.from = spec.from;
    this.#spec = spec;
    this.#read = read;
    this.#codes = new Int32Array(rows).fill(NO_VALUE);
  }

  take(tensor: OutputTensor, block: BlockRows): void {
    const { element, sigmoid } = this.#read;
    const width = widthAround(this.from, tensor, block, element);
    const data = tensor.data as Float32Array | Float64Array;
    const correct = toCorrection(sigmoid, data instanceof Float32Array ? 'float' : 'double');
    const classify = toClassify(this.#read);
    const [codes, { at, rows }, offset] = [this.#codes, block, element ?? 0];
    for (let row = 0; row < rows; row++) {
      const score = correct(data[row * width + offset] as number);
      const code = Number.isFinite(score) ? classify(score) : NO_VALUE;
      codes[at + row] = code;
      if (code !== NO_VALUE) continue;
      if (Number.isFinite(score)) this.#unbanded++;
      else this.#nonfinite++;
    }
  }

  /** NULL where the score is NaN or infinite, whatever the policy: neither type has a value for it. */
  toOutput(): ScoredOutput {
    const nonfinite = this.#spec.nonfinite === 'fail' ? this.#nonfinite : 0;
    return { vector: this.#toVector(), faults: { nonfinite, unbanded: this.#unbanded } };
  }

  #toVector(): Vector {
    const [read, codes] = [this.#read, this.#codes];
    if (read.kind === 'threshold') return toBooleans(codes);
    return toTexts(
      codes,
      read.bands.map(({ name }) => name),
    );
  }
}

function toClassify(read: CodedRead): Classify {
  if (read.kind === 'threshold') return (score) => (score >= read.from ? 1 : 0);
  const bounds = read.bands.map(({ upTo }) => upTo);
  const last = bounds.length - 1;
  const highest = (bounds[last] as number) + read.tolerance;
  return (score) => {
    for (let i = 0; i < last; i++) if (score <= (bounds[i] as number)) return i;
    return score <= highest ? last : NO_VALUE;
  };
}
