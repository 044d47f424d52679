import type { OutputTensor, Taker } from './block.js';

/**
 * Hands on a block whose rows are anywhere in the chunk: each as a block of its own.
 *
 * @param places where each of the block's rows belongs; what stands behind them is padding
 */
export function takeScattered(
  takers: readonly Taker[],
  tensors: Readonly<Record<string, OutputTensor>>,
  places: readonly number[],
  blockRows: number,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    const own = takers.filter(({ from }) => from === name);
    for (const [row, at] of places.entries()) {
      const one = sliceRow(tensor, row, blockRows);
      for (const taker of own) taker.take(one, { at, rows: 1, blockRows: 1 });
    }
  }
}

/** One row of a block's tensor, as the tensor of a block of that row alone. */
function sliceRow(
  { dims: [rows, ...dims], data }: OutputTensor,
  row: number,
  blockRows: number,
): OutputTensor {
  const values = data as Float32Array | string[];
  const width = values.length / blockRows;
  const [from, to] = [row * width, (row + 1) * width];
  const part = Array.isArray(values) ? values.slice(from, to) : values.subarray(from, to);
  // Where the block is not of so many rows, its taker is to see that.
  return { dims: [rows === blockRows ? 1 : (rows ?? 0), ...dims], data: part };
}
