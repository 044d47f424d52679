/** A value of a Thrift structure, with the type that its bytes are written in. */
export type ThriftValue =
  | { readonly kind: 'int32' | 'int64'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'struct'; readonly value: ThriftStruct }
  | { readonly kind: 'list'; readonly value: readonly ThriftValue[] };

/** Fields by their ids, which ascend. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

/** Types in the compact protocol; a true boolean is 1, a false one 2. */
const TYPES = { int32: 5, int64: 6, text: 8, bool: 1, list: 9, struct: 12 } as const;

export const int32 = (value: number): ThriftValue => ({ kind: 'int32', value });
export const int64 = (value: number): ThriftValue => ({ kind: 'int64', value });
export const text = (value: string): ThriftValue => ({ kind: 'text', value });
export const bool = (value: boolean): ThriftValue => ({ kind: 'bool', value });
export const list = (value: readonly ThriftValue[]): ThriftValue => ({ kind: 'list', value });

/** A structure of the fields that are there. */
export function struct(
  fields: Readonly<Record<number, ThriftValue | undefined>>,
): ThriftValue & { kind: 'struct' } {
  const present = Object.entries(fields).flatMap(([id, value]) =>
    value === undefined ? [] : [[Number(id), value] as const],
  );
  return { kind: 'struct', value: new Map(present) };
}

/**
 * A structure in Thrift's compact protocol, in which Parquet's headers are written
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
 */
export function encodeThrift({ value }: { readonly value: ThriftStruct }): Buffer {
  const bytes: number[] = [];
  putStruct(bytes, value);
  return Buffer.from(bytes);
}

function putStruct(bytes: number[], fields: ThriftStruct): void {
  let last = 0;
  for (const [id, field] of fields) {
    const type = field.kind === 'bool' && !field.value ? 2 : TYPES[field.kind];
    const delta = id - last;
    if (delta > 15) {
      bytes.push(type);
      putVarint(bytes, id * 2);
    } else bytes.push((delta << 4) | type);
    if (field.kind !== 'bool') putValue(bytes, field);
    last = id;
  }
  bytes.push(0);
}

function putValue(bytes: number[], field: ThriftValue): void {
  switch (field.kind) {
    case 'int32':
    case 'int64':
      // Zigzag, so that small negative numbers are short.
      putVarint(bytes, field.value < 0 ? -field.value * 2 - 1 : field.value * 2);
      break;
    case 'text': {
      const encoded = Buffer.from(field.value);
      putVarint(bytes, encoded.length);
      bytes.push(...encoded);
      break;
    }
    case 'bool':
      bytes.push(field.value ? 1 : 2);
      break;
    case 'list':
      putList(bytes, field.value);
      break;
    case 'struct':
      putStruct(bytes, field.value);
      break;
  }
}

function putList(bytes: number[], values: readonly ThriftValue[]): void {
  const type = TYPES[values[0]?.kind ?? 'int32'];
  if (values.length < 15) bytes.push((values.length << 4) | type);
  else {
    bytes.push(0xf0 | type);
    putVarint(bytes, values.length);
  }
  for (const value of values) putValue(bytes, value);
}

/** Seven bits a byte, the lowest first; arithmetic, since a file's size may be beyond 32 bits. */
export function putVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}
