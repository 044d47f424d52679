import { Fields } from './fields.js';
import { type Limits, MAX_ELEMENTS, MAX_SPARSE_ELEMENTS, malformed } from './limits.js';
import type { ExternalData, OnnxTensor } from './onnx.js';

/** Elements that one byte of a file can hold: those of two bits. */
const ELEMENTS_PER_BYTE = 4;
/** `TensorProto.DataLocation`. */
const LOCATIONS = { inside: 0, external: 1 } as const;

/** Where reading notes what it finds on its way. */
export interface TensorSink {
  readonly limits: Limits;
  readonly external: ExternalData[];
}

/**
 * Reads a TensorProto but for its values; notes the file that it points to.
 *
 * @throws MODEL_INVALID where its dimensions claim more than its bytes hold
 */
export function readTensor(message: Uint8Array, depth: number, sink: TensorSink): OnnxTensor {
  sink.limits.assertDepth(depth);
  let name = '';
  let type = 0;
  let location: number = LOCATIONS.inside;
  const dims: number[] = [];
  const entries: Uint8Array[] = [];
  const fields = new Fields(message);
  while (fields.next()) {
    switch (fields.number) {
      case 1:
        fields.integers((dim) => dims.push(toDim(dim, sink.limits)));
        break;
      case 2:
        type = fields.int32();
        break;
      case 8:
        name = fields.text();
        break;
      case 13:
        sink.limits.countKept();
        entries.push(fields.bytes());
        break;
      case 14:
        location = fields.int32();
        break;
    }
  }
  const tensor = { name, type, dims, message };
  // One without the other is no valid tensor, but a reader may still follow it.
  if (entries.length > 0 || location !== LOCATIONS.inside) sink.external.push(readExternal(name, entries));
  else if (countElements(tensor, MAX_ELEMENTS) > message.length * ELEMENTS_PER_BYTE) {
    throw malformed(`its tensor "${name}" claims [${dims.join(', ')}] elements in ${message.length} bytes`);
  }
  return tensor;
}

/** Reads a SparseTensorProto: its values and indices, each of which may point to a file. */
export function readSparseTensor(message: Uint8Array, depth: number, sink: TensorSink): OnnxTensor | null {
  sink.limits.assertDepth(depth);
  let values: OnnxTensor | null = null;
  const dims: number[] = [];
  const fields = new Fields(message);
  while (fields.next()) {
    switch (fields.number) {
      case 1:
        values = readTensor(fields.message(), depth + 1, sink);
        break;
      case 2:
        readTensor(fields.message(), depth + 1, sink);
        break;
      case 3:
        fields.integers((dim) => dims.push(toDim(dim, sink.limits)));
        break;
    }
  }
  if (values === null) return null;
  const tensor = { ...values, dims, message };
  countElements(tensor, MAX_SPARSE_ELEMENTS);
  return tensor;
}

/** Elements of a tensor; a scalar is one. @throws MODEL_INVALID beyond `most` */
function countElements({ name, dims }: OnnxTensor, most: number): number {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (elements <= most) return elements;
  throw malformed(
    `its tensor "${name}" has [${dims.join(', ')}] elements, more than ${most.toLocaleString('en-US')}`,
  );
}

function toDim(dim: bigint, limits: Limits): number {
  limits.countKept();
  if (dim < 0n || dim > BigInt(MAX_ELEMENTS)) throw malformed(`it has a tensor with a dimension of ${dim}`);
  return Number(dim);
}

function readExternal(tensor: string, entries: readonly Uint8Array[]): ExternalData {
  const found = new Map<string, string>();
  for (const entry of entries) {
    const [key, value] = readEntry(entry);
    if (found.has(key))
      throw malformed(`its tensor "${tensor}" has two values of "${key}" for its external data`);
    found.set(key, value);
  }
  for (const key of found.keys()) {
    if (!['location', 'offset', 'length', 'checksum'].includes(key)) {
      throw malformed(`its tensor "${tensor}" has "${key}" for its external data, which ONNX does not know`);
    }
  }
  return {
    tensor,
    location: found.get('location') ?? '',
    offset: toCount(tensor, 'offset', found.get('offset')) ?? 0,
    length: toCount(tensor, 'length', found.get('length')),
  };
}

/** A StringStringEntryProto. */
function readEntry(message: Uint8Array): readonly [key: string, value: string] {
  let key = '';
  let value = '';
  const fields = new Fields(message);
  while (fields.next()) {
    if (fields.number === 1) key = fields.text();
    else if (fields.number === 2) value = fields.text();
  }
  return [key, value];
}

function toCount(tensor: string, key: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw malformed(
    `its tensor "${tensor}" has external data with ${key} ${JSON.stringify(text.slice(0, 40))}`,
  );
}
