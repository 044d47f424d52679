import type { Labels } from '../plan/model-facts.js';
import { Fields } from './fields.js';
import { ELEMENT, type OnnxTensor } from './onnx.js';

/** More values than a list of class labels or columns has; larger tensors are not decoded. */
const MOST_VALUES = 100_000;

/** A list of class labels; null for a tensor of another type, or with data elsewhere. */
export function readLabelTensor(tensor: OnnxTensor): Labels | null {
  if (tensor.type === ELEMENT.string) {
    const values = readStrings(tensor);
    return values === null ? null : { type: 'text', values };
  }
  const integers = readIntegers(tensor);
  return integers === null ? null : { type: 'int64', values: integers.map(String) };
}

function readStrings(tensor: OnnxTensor): readonly string[] | null {
  const values: string[] = [];
  const fields = new Fields(tensor.message);
  while (fields.next()) if (fields.number === 6 && values.length <= MOST_VALUES) values.push(fields.prose());
  return isWhole(tensor, values) ? values : null;
}

/** Integers of 32 or 64 bits; null for a tensor of another type, or with data elsewhere. */
export function readIntegers(tensor: OnnxTensor): readonly bigint[] | null {
  if (tensor.type !== ELEMENT.int64 && tensor.type !== ELEMENT.int32) return null;
  const values: bigint[] = [];
  const take = (value: bigint) => {
    if (values.length <= MOST_VALUES) values.push(value);
  };
  const fields = new Fields(tensor.message);
  while (fields.next()) {
    if (fields.number === 5 || fields.number === 7) fields.integers(take);
    else if (fields.number === 9) {
      const raw = viewOf(fields.bytes());
      if (tensor.type === ELEMENT.int64) {
        for (let at = 0; at + 8 <= raw.byteLength; at += 8) take(raw.getBigInt64(at, true));
      } else for (let at = 0; at + 4 <= raw.byteLength; at += 4) take(BigInt(raw.getInt32(at, true)));
    }
  }
  return isWhole(tensor, values) ? values : null;
}

/** The floats of a tensor; null for one of another type, or with data elsewhere. */
export function readFloatTensor(tensor: OnnxTensor): readonly number[] | null {
  if (tensor.type !== ELEMENT.float) return null;
  const values: number[] = [];
  const fields = new Fields(tensor.message);
  while (fields.next()) {
    if (fields.number === 4) fields.floats(values);
    else if (fields.number === 9) {
      const raw = viewOf(fields.bytes());
      for (let at = 0; at + 4 <= raw.byteLength; at += 4) values.push(raw.getFloat32(at, true));
    }
  }
  return isWhole(tensor, values) ? values : null;
}

function isWhole({ dims }: OnnxTensor, values: readonly unknown[]): boolean {
  return values.length === dims.reduce((product, dim) => product * dim, 1);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
