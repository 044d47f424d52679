import type { Tensor } from 'onnxruntime-node';
import type { Vector } from '../contract/index.js';
import { newTensorData, packBlock, type Replaced, type TensorData } from '../features/pack.js';
import type { ModelSpec, TensorSpec } from '../plan/scoring-spec.js';
import type { Feed, Feeder } from './feed.js';
import { newTensor } from './made-up.js';

/** Feeds columns as they are, in the chunk's order, through the buffers of one block. */
export class ColumnFeeder implements Feeder {
  readonly #spec: ModelSpec;
  readonly #blocks: readonly TensorData[];

  constructor(spec: ModelSpec) {
    this.#spec = spec;
    this.#blocks = spec.tensors.map(({ element, features }) =>
      newTensorData(element, spec.blockRows * features.length),
    );
  }

  *feed(
    rows: number,
    columns: readonly Vector[],
    replaced: ReadonlyMap<string, Replaced>,
  ): Generator<Feed, void> {
    const { blockRows } = this.#spec;
    for (let at = 0; at < rows; at += blockRows) {
      yield {
        rows: Math.min(blockRows, rows - at),
        blockRows,
        pack: (from, to) => this.#pack(columns, at + from, at + to, replaced),
        take(takers, tensors, from, to) {
          const block = { at: at + from, rows: to - from, blockRows };
          for (const taker of takers) taker.take(tensors[taker.from] as Tensor, block);
        },
        placeOf: (row) => at + row,
      };
    }
  }

  #pack(
    columns: readonly Vector[],
    from: number,
    to: number,
    replaced: ReadonlyMap<string, Replaced>,
  ): Record<string, Tensor> {
    const { tensors, blockRows } = this.#spec;
    const feeds: Record<string, Tensor> = {};
    tensors.forEach((tensor, i) => {
      const block = this.#blocks[i] as TensorData;
      packBlock(block, tensor, columns, from, to, blockRows, replaced);
      feeds[tensor.input] = newTensor(tensor.element, block, dimsOf(tensor, blockRows));
    });
    return feeds;
  }
}

function dimsOf(tensor: TensorSpec, rows: number): number[] {
  return tensor.rank === 1 ? [rows] : [rows, tensor.features.length];
}
