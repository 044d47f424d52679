import { countNulls, isValid, ScoringError, type Vector } from '../contract/index.js';
import type { ElementType, FeatureSpec, TensorSpec } from '../plan/scoring-spec.js';
import { writeInt32, writeInt64 } from './integers.js';
import { findMissing } from './missing.js';
import { writeFloats } from './numbers.js';
import { readTexts } from './texts.js';

/** A tensor's data as onnxruntime takes it. */
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | string[];

/** A value that takes the place of a feature's own in some rows. */
export interface Replaced {
  /** Ascending. */
  readonly rows: readonly number[];
  readonly value: string | number | boolean;
}

/** What the target calls a feature. */
export function nameOf({ name, column }: FeatureSpec): string {
  return name ?? column;
}

/** @throws BAD_FEATURES where a feature under `nulls: fail` has NULLs; counts them */
export function assertNulls(
  tensors: readonly Pick<TensorSpec, 'features'>[],
  columns: readonly Vector[],
): void {
  for (const { features } of tensors) {
    for (const { column, index, nulls } of features) {
      if (nulls.kind !== 'fail') continue;
      const vector = columns[index] as Vector;
      const count = nulls.nan === true ? findMissing(vector).length : countNulls(vector);
      if (count > 0) throw nullsFound(column, count, nulls.nan === true);
    }
  }
}

function nullsFound(column: string, count: number, nan: boolean): ScoringError {
  return new ScoringError(
    `feature "${column}" is NULL${nan ? ' or NaN' : ''} in ${count} rows of a chunk, and its policy is nulls: fail`,
    {
      code: 'BAD_FEATURES',
      stage: 'features',
      details: { column, nulls: count },
      hint: `Say what a NULL means in the target: features: { ${column}: { nulls: nan } }, { nulls: { value: 0 } } or { nulls: quarantine }, or filter the rows in the source query.`,
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
 *
 * @param replaced values in the place of columns' own, by the features' names
 */
export function packBlock(
  target: TensorData,
  spec: TensorSpec,
  columns: readonly Vector[],
  from: number,
  to: number,
  blockRows: number,
  replaced: ReadonlyMap<string, Replaced> = NOTHING,
): void {
  const stride = spec.features.length;
  spec.features.forEach((feature, offset) => {
    writeColumn(target, offset, stride, feature, columns[feature.index] as Vector, from, to);
    const other = replaced.get(nameOf(feature));
    if (other !== undefined) writeReplaced(target, offset, stride, other, from, to);
  });
  const last = (to - from - 1) * stride;
  for (let at = (to - from) * stride; at < blockRows * stride; at++) {
    target[at] = target[last + (at % stride)] as never;
  }
}

const NOTHING: ReadonlyMap<string, Replaced> = new Map();

function writeReplaced(
  target: TensorData,
  offset: number,
  stride: number,
  { rows, value }: Replaced,
  from: number,
  to: number,
): void {
  const element = toElement(target, value);
  for (const row of rows) {
    if (row >= from && row < to) target[(row - from) * stride + offset] = element as never;
  }
}

function toElement(target: TensorData, value: Replaced['value']): string | bigint | number {
  if (Array.isArray(target)) return String(value);
  return target instanceof BigInt64Array ? BigInt(value) : Number(value);
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
