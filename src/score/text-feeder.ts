import type { Tensor } from 'onnxruntime-node';
import type { Vector } from '../contract/index.js';
import { nameOf, type Replaced } from '../features/pack.js';
import { readTexts } from '../features/texts.js';
import { padBlock, type TokenBlock, TokenBuckets, type TokenMatrix } from '../features/token-blocks.js';
import type { TextTokenizer } from '../features/tokenizer.js';
import type { TextSpec, TokenInput } from '../plan/scoring-spec.js';
import type { Feed, Feeder } from './feed.js';
import { newTensor } from './made-up.js';
import { takeScattered } from './outputs/scatter.js';

/** Texts that are tokenised at a time: enough for the tokenizer's own threads, and little memory. */
const SLICE_ROWS = 512;

/** Feeds a text column as tokens. Rows come in the order in which blocks of one length fill, not in the chunk's. */
export class TextFeeder implements Feeder {
  readonly #spec: TextSpec;
  readonly #tokenizer: TextTokenizer;

  constructor(spec: TextSpec, tokenizer: TextTokenizer) {
    this.#spec = spec;
    this.#tokenizer = tokenizer;
  }

  async *feed(
    rows: number,
    columns: readonly Vector[],
    replaced: ReadonlyMap<string, Replaced>,
  ): AsyncGenerator<Feed, void> {
    const { feature } = this.#spec;
    const column = columns[feature.index] as Vector;
    const nullText = feature.nulls.kind === 'value' ? String(feature.nulls.value) : '';
    const others = replaced.get(nameOf(feature));
    const buckets = new TokenBuckets(this.#spec);
    for (let from = 0; from < rows; from += SLICE_ROWS) {
      const to = Math.min(from + SLICE_ROWS, rows);
      const texts = readTexts(column, from, to, nullText);
      for (const row of others?.rows ?? []) {
        if (row >= from && row < to) texts[row - from] = String(others?.value);
      }
      for (const [i, tokens] of (await this.#tokenizer.encode(texts)).entries()) {
        const block = buckets.add(from + i, tokens);
        if (block !== null) yield this.#toFeed(block);
      }
    }
    for (const block of buckets.drain()) yield this.#toFeed(block);
  }

  #toFeed(block: TokenBlock): Feed {
    const { length, blockRows, rows, tokens } = block;
    return {
      rows: rows.length,
      blockRows,
      pack: (from, to) => {
        const matrix = padBlock({ ...block, tokens: tokens.slice(from, to) }, this.#spec);
        return toTensors(matrix, this.#spec.inputs, [blockRows, length]);
      },
      take: (takers, tensors, from, to) => takeScattered(takers, tensors, rows.slice(from, to), blockRows),
      placeOf: (row) => rows[row] as number,
    };
  }
}

function toTensors(
  matrix: TokenMatrix,
  inputs: readonly TokenInput[],
  dims: readonly number[],
): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map(({ input, fill, element }) => [input, toTensor(matrix[fill], element, dims)]),
  );
}

function toTensor(values: Int32Array, element: TokenInput['element'], dims: readonly number[]): Tensor {
  return newTensor(element, element === 'int32' ? values : BigInt64Array.from(values, BigInt), dims);
}
