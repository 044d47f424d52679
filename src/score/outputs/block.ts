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
 * Elements that a row has in a tensor of so many rows: n of [rows, n], 1 of [rows], and of [1, rows], as skl2onnx gives
 * the labels of some models. Null where no dimension says which values belong to a row.
 */
export function findWidth(dims: readonly number[], rows: number): number | null {
  const [first, second = 1, ...more] = dims;
  if (more.length > 0) return null;
  if (first === rows) return second;
  return first === 1 && second === rows ? 1 : null;
}

/**
 * Elements that a row of the tensor has.
 *
 * @throws SCORING where a row's values cannot be told, or `fits` says that their number is not as planned
 */
export function widthOf(
  from: string,
  { dims }: OutputTensor,
  { blockRows }: BlockRows,
  fits: (width: number) => boolean,
): number {
  const width = findWidth(dims, blockRows);
  if (width !== null && fits(width)) return width;
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
