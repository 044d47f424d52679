import { countNulls, isValid, ScoringError, type Vector } from '../contract/index.js';
import type { ElementType, FeatureSpec, TensorSpec } from '../plan/scoring-spec.js';
import { writeInt32, writeInt64 } from './integers.js';
import { writeFloats } from './numbers.js';
import { readTexts } from './texts.js';

/** A tensor's data as onnxruntime takes it. */
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | string[];

/** @throws BAD_FEATURES where a feature under `nulls: fail` has NULLs; counts them */
export function assertNulls(tensors: readonly TensorSpec[], columns: readonly Vector[]): void {
  for (const { features } of tensors) {
    for (const { column, index, nulls } of features) {
      const count = nulls.kind === 'fail' ? countNulls(columns[index] as Vector) : 0;
      if (count > 0) throw nullsFound(column, count);
    }
  }
}

function nullsFound(column: string, count: number): ScoringError {
  return new ScoringError(
    `feature "${column}" is NULL in ${count} rows of a chunk, and its policy is nulls: fail`,
    {
      code: 'BAD_FEATURES',
      stage: 'features',
      details: { column, nulls: count },
      hint: `Say what a NULL means in the target: features: { ${column}: { nulls: nan } } or { nulls: { value: 0 } }, or filter the rows in the source query.`,
    },
  );
}

/** Room for one block of a tensor. */
export function newTensorData(element: ElementType, length: number): TensorData {
  switch (element) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'bool':
      return new Uint8Array(length);
    case 'string':
      return new Array<string>(length);
  }
}

/**
 * Packs rows `from` to `to` of the columns into the tensor, row by row, and repeats the last row up to `blockRows`:
 * a repeated row is always valid input, which zeros or empty texts need not be.
 */
export function packBlock(
  target: TensorData,
  spec: TensorSpec,
  columns: readonly Vector[],
  from: number,
  to: number,
  blockRows: number,
): void {
  const stride = spec.features.length;
  spec.features.forEach((feature, offset) => {
    writeColumn(target, offset, stride, feature, columns[feature.index] as Vector, from, to);
  });
  const last = (to - from - 1) * stride;
  for (let at = (to - from) * stride; at < blockRows * stride; at++) {
    target[at] = target[last + (at % stride)] as never;
  }
}

function writeColumn(
  target: TensorData,
  offset: number,
  stride: number,
  { column, nulls }: FeatureSpec,
  vector: Vector,
  from: number,
  to: number,
): void {
  const value = nulls.kind === 'value' ? nulls.value : 0;
  if (Array.isArray(target)) {
    const texts = readTexts(vector, from, to, String(value));
    for (let i = 0, at = offset; i < texts.length; i++, at += stride) target[at] = texts[i] as string;
  } else if (target instanceof BigInt64Array) {
    writeInt64(target, offset, stride, vector, from, to, BigInt(value));
  } else if (target instanceof Int32Array) {
    writeInt32(target, offset, stride, vector, from, to, Number(value), column);
  } else if (target instanceof Uint8Array) {
    writeBools(target, offset, stride, vector, from, to, Number(value));
  } else {
    writeFloats(target, offset, stride, vector, from, to, nulls.kind === 'nan' ? Number.NaN : Number(value));
  }
}

function writeBools(
  target: Uint8Array,
  offset: number,
  stride: number,
  vector: Vector,
  from: number,
  to: number,
  nullValue: number,
): void {
  const values = vector.values as Uint8Array;
  for (let row = from, at = offset; row < to; row++, at += stride) {
    target[at] = isValid(vector, row) ? (values[row] as number) : nullValue;
  }
}
