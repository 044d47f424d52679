import type { CanonicalType } from '../../contract/index.js';
import type { Sigmoid } from '../../plan/scoring-spec.js';
import { type BlockRows, type OutputTensor, type Taker, widthOf } from './block.js';
import { NO_VALUE } from './codes.js';
import { toCorrection } from './sigmoid.js';

/**
 * The k best classes of each row and their scores, which all columns of one `top_k` look at. Of equal scores the class
 * that comes first in the model is better. A row with NaN among its scores has no ranking.
 */
export class Ranking implements Taker {
  readonly from: string;
  /** By row and place; `NO_VALUE` in rows without a ranking. */
  readonly classes: Int32Array;
  /** By row and place; NaN in rows without a ranking. */
  readonly scores: Float64Array;
  readonly #k: number;
  readonly #sigmoid: Sigmoid | undefined;

  constructor(from: string, k: number, sigmoid: Sigmoid | undefined, rows: number) {
    this.from = from;
    this.#k = k;
    this.#sigmoid = sigmoid;
    this.classes = new Int32Array(rows * k).fill(NO_VALUE);
    this.scores = new Float64Array(rows * k).fill(Number.NaN);
  }

  take(tensor: OutputTensor, block: BlockRows): void {
    const width = widthOf(this.from, tensor, block, (each) => each >= this.#k);
    const data = tensor.data as Float32Array | Float64Array;
    const kind: CanonicalType['kind'] = data instanceof Float32Array ? 'float' : 'double';
    const correct = toCorrection(this.#sigmoid, kind);
    const row = new Float64Array(width);
    for (let i = 0; i < block.rows; i++) {
      for (let c = 0; c < width; c++) row[c] = correct(data[i * width + c] as number);
      if (!row.some(Number.isNaN)) this.#rank(row, (block.at + i) * this.#k);
    }
  }

  /** Puts each class before the first worse one of the best so far. */
  #rank(row: Float64Array, start: number): void {
    const [classes, scores, k] = [this.classes, this.scores, this.#k];
    for (let c = 0; c < row.length; c++) {
      const score = row[c] as number;
      let place = Math.min(c, k);
      while (place > 0 && score > (scores[start + place - 1] as number)) place--;
      if (place === k) continue;
      for (let i = Math.min(c, k - 1); i > place; i--) {
        scores[start + i] = scores[start + i - 1] as number;
        classes[start + i] = classes[start + i - 1] as number;
      }
      scores[start + place] = score;
      classes[start + place] = c;
    }
  }
}
