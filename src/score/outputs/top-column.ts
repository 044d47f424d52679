import { newValues } from '../../contract/index.js';
import type { OutputRead, OutputSpec } from '../../plan/scoring-spec.js';
import { toIntegers, toTexts } from './codes.js';
import { finiteRows, NO_FAULTS, type OutputColumn, type ScoredOutput } from './column.js';
import type { Ranking } from './ranking.js';

type TopRead = Extract<OutputRead, { kind: 'top' }>;

/** The label or the score of one place of a ranking. */
export class TopColumn implements OutputColumn {
  readonly #spec: OutputSpec;
  readonly #read: TopRead;
  readonly #ranking: Ranking;
  readonly #rows: number;

  constructor(spec: OutputSpec, read: TopRead, ranking: Ranking, rows: number) {
    this.#spec = spec;
    this.#read = read;
    this.#ranking = ranking;
    this.#rows = rows;
  }

  toOutput(): ScoredOutput {
    const vector = this.#read.give === 'score' ? this.#toScores() : this.#toLabels(this.#read.labels);
    return { vector, faults: NO_FAULTS };
  }

  /** A row without a ranking has NaN: it goes the way of any score that is NaN. */
  #toScores() {
    const { type, nonfinite } = this.#spec;
    const values = newValues(type, this.#rows) as Float64Array;
    const { k, place } = this.#read;
    for (let row = 0; row < values.length; row++) {
      values[row] = this.#ranking.scores[row * k + place] as number;
    }
    const validity = nonfinite === 'null' ? finiteRows(values) : null;
    return { type, length: this.#rows, values, validity };
  }

  #toLabels(labels: Extract<TopRead, { give: 'label' }>['labels']) {
    const { k, place } = this.#read;
    const codes = new Int32Array(this.#rows);
    for (let row = 0; row < codes.length; row++) {
      codes[row] = this.#ranking.classes[row * k + place] as number;
    }
    if (labels?.type === 'text') return toTexts(codes, labels.values);
    return toIntegers(codes, labels?.values.map(BigInt) ?? null);
  }
}
