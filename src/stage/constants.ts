import type { LoadColumn, Vector } from '../contract/index.js';

/** A UUID that every row of a part has. */
export function uuidConstant(uuid: string): LoadColumn {
  const id = BigInt(`0x${uuid.replaceAll('-', '')}`);
  return toConstant({ type: { kind: 'uuid' }, values: BigInt64Array.of(id, id >> 64n) });
}

export function textConstant(text: string): LoadColumn {
  const bytes = new Uint8Array(Buffer.from(text));
  return toConstant({ type: { kind: 'text' }, values: bytes, offsets: Int32Array.of(0, bytes.length) });
}

/** @param instant ISO 8601, with the zone */
export function instantConstant(instant: string): LoadColumn {
  const micros = BigInt(Date.parse(instant)) * 1000n;
  return toConstant({ type: { kind: 'timestamp', zoned: true }, values: BigInt64Array.of(micros) });
}

export function int64Constant(value: bigint): LoadColumn {
  return toConstant({ type: { kind: 'int64' }, values: BigInt64Array.of(value) });
}

function toConstant(value: Pick<Vector, 'type' | 'values' | 'offsets'>): LoadColumn {
  return { kind: 'constant', vector: { ...value, length: 1, validity: null } };
}
