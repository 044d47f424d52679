import type { Tensor } from 'onnxruntime-node';
import type { Vector } from '../contract/index.js';
import type { Replaced } from '../features/pack.js';
import type { OutputTensor, Taker } from './outputs/block.js';

/** Rows of a chunk that the engine scores at once. */
export interface Feed {
  readonly rows: number;
  /** Rows of the tensors; those behind `rows` are padding. */
  readonly blockRows: number;
  /** The inputs of its rows `from` to `to`, padded. */
  pack(from: number, to: number): Record<string, Tensor>;
  /** Hands on what the engine gave for rows `from` to `to`. */
  take(
    takers: readonly Taker[],
    tensors: Readonly<Record<string, OutputTensor>>,
    from: number,
    to: number,
  ): void;
  /** The chunk's row that one of its rows is. */
  placeOf(row: number): number;
}

/** How a model is fed: with columns as they are, or with texts. */
export interface Feeder {
  /**
   * A chunk's rows, each in one feed; a feed's memory serves the next.
   *
   * @param replaced values in the place of columns' own, by the features' names
   */
  feed(
    rows: number,
    columns: readonly Vector[],
    replaced: ReadonlyMap<string, Replaced>,
  ): Iterable<Feed> | AsyncIterable<Feed>;
}
