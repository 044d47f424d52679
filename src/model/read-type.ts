import { Fields } from './fields.js';
import type { Limits } from './limits.js';
import type { OnnxType, OnnxValue } from './onnx.js';

/** What a value is by the field of TypeProto that says it; others are of no use to a table. */
const KINDS: Readonly<Record<number, 'sequence' | 'map' | 'other'>> = {
  4: 'sequence',
  5: 'map',
  7: 'other',
  8: 'other',
  9: 'other',
};

/** Reads a ValueInfoProto. */
export function readValue(message: Uint8Array, depth: number, limits: Limits): OnnxValue {
  limits.assertDepth(depth);
  limits.countKept();
  let name = '';
  let type: OnnxType = { kind: 'unknown' };
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1) name = fields.text();
    else if (fields.number === 2) type = readType(fields.message(), depth + 1, limits);
  }
  return { name, type };
}

/** Reads a TypeProto; how deep sequences nest does not matter here. */
function readType(message: Uint8Array, depth: number, limits: Limits): OnnxType {
  limits.assertDepth(depth);
  let type: OnnxType = { kind: 'unknown' };
  const fields = new Fields(message);
  while (fields.next()) {
    const kind = KINDS[fields.number];
    if (fields.number === 1) type = readTensorType(fields.message(), limits);
    else if (kind !== undefined) type = { kind };
  }
  return type;
}

function readTensorType(message: Uint8Array, limits: Limits): OnnxType {
  let element = 0;
  let shape: (number | string)[] | null = null;
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1) element = fields.int32();
    else if (fields.number === 2) shape = readShape(fields.message(), limits);
  }
  return { kind: 'tensor', element, shape };
}

/** A dimension's value, else its name; empty where it has none. */
function readShape(message: Uint8Array, limits: Limits): (number | string)[] {
  const shape: (number | string)[] = [];
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number !== 1) continue;
    limits.countKept();
    let dim: number | string = '';
    const parts = new Fields(fields.bytes());
    while (parts.next()) {
      if (parts.number === 1) dim = Number(parts.integer());
      else if (parts.number === 2) dim = parts.text();
    }
    shape.push(dim);
  }
  return shape;
}
