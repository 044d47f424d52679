import { ScoringError } from '../../contract/index.js';

/** A tensor that a block gave back. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** The rows of a block that are not padding, and where they belong in the chunk. */
export interface BlockRows {
  /** The chunk's row that the block's first one is. */
  readonly at: number;
  readonly rows: number;
  /** Rows of every block, with its padding. */
  readonly blockRows: number;
}

/** What gathers one output of the graph over the blocks of a chunk. */
export interface Taker {
  /** The graph's output. */
  readonly from: string;
  /** @throws SCORING where the tensor is not the one that was planned */
  take(tensor: OutputTensor, block: BlockRows): void;
}

/**
 * Elements that a row of the tensor has.
 *
 * @throws SCORING where the tensor is not of [rows] or [rows, n], or `fits` says that n is not as planned
 */
export function widthOf(
  from: string,
  { dims, data }: OutputTensor,
  { blockRows }: BlockRows,
  fits: (width: number) => boolean,
): number {
  const { length } = data as ArrayLike<unknown>;
  const width = length / blockRows;
  if (dims[0] === blockRows && dims.length <= 2 && fits(width)) return width;
  throw new ScoringError(
    `model output "${from}" gave a tensor of [${dims.join(', ')}] for ${blockRows} rows, which does not fit its columns`,
    { code: 'SCORING', stage: 'score', details: { output: from, dims } },
  );
}

/** Elements that a row of the tensor has, among them the one in a place; null where there must be one. */
export function widthAround(
  from: string,
  tensor: OutputTensor,
  block: BlockRows,
  element: number | null,
): number {
  return widthOf(from, tensor, block, (width) => (element === null ? width === 1 : element < width));
}
