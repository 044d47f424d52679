import { Tensor } from 'onnxruntime-node';
import { newTensorData, type TensorData } from '../features/pack.js';
import type { ElementType, TensorInfo } from '../plan/scoring-spec.js';

/** Rows of the block that measures a model before a run. */
const PROBE_ROWS = 256;

/** Texts and tokens of the block that measures a text model. */
const PROBE_TEXTS = 8;
const PROBE_TOKENS = 64;

/** Inputs of a graph, and how many rows they are. */
export interface MadeUp {
  readonly feeds: Record<string, Tensor>;
  readonly rows: number;
}

/** Rows of zeros and empty texts. */
export function madeUpRows(inputs: readonly TensorInfo[]): MadeUp {
  const feeds: Record<string, Tensor> = {};
  let rows = PROBE_ROWS;
  for (const { name, type, shape } of inputs) {
    const dims = shape.map((dim, i) => (typeof dim === 'number' ? dim : i === 0 ? PROBE_ROWS : 1));
    rows = dims[0] ?? 1;
    const length = dims.reduce((product, dim) => product * dim, 1);
    const element = type as ElementType;
    const data = newTensorData(element, length);
    feeds[name] = newTensor(element, Array.isArray(data) ? data.fill('') : data, dims);
  }
  return { feeds, rows };
}

/** Texts of one token, repeated: ids and mask of ones, types of zeros. */
export function madeUpTokens(inputs: readonly TensorInfo[], maxLength: number): MadeUp {
  return repeatToken(inputs, PROBE_TEXTS, Math.min(PROBE_TOKENS, maxLength));
}

/** The longest texts. */
export function madeUpLongest(inputs: readonly TensorInfo[], maxLength: number): MadeUp {
  return repeatToken(inputs, 2, maxLength);
}

function repeatToken(inputs: readonly TensorInfo[], texts: number, tokens: number): MadeUp {
  const feeds: Record<string, Tensor> = {};
  let rows = texts;
  for (const { name, type, shape } of inputs) {
    const [fixedRows, fixedTokens] = shape;
    rows = typeof fixedRows === 'number' ? fixedRows : texts;
    const dims = [rows, typeof fixedTokens === 'number' ? fixedTokens : tokens] as const;
    const element = type as ElementType;
    const data = newTensorData(element, dims[0] * dims[1]);
    if (name !== 'token_type_ids') data.fill((data instanceof BigInt64Array ? 1n : 1) as never);
    feeds[name] = newTensor(element, data, dims);
  }
  return { feeds, rows };
}

/** A tensor over the data, which it shares. */
export function newTensor(element: ElementType, data: TensorData, dims: readonly number[]): Tensor {
  return new Tensor(element as 'float32', data as Float32Array, dims);
}
