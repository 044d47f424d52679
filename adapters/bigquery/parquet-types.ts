import type { ArrayElement, CanonicalType } from '../../src/contract/index.js';
import { bool, int32, struct, type ThriftValue, text } from './thrift.js';

/** Physical types of Parquet (`Type`). */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  bytes: 6,
  fixedBytes: 7,
} as const;

/** Bytes of a wide decimal. */
export const WIDE_BYTES = 16;

/** How a column's values lie in a file. */
export interface ParquetType {
  readonly physical: number;
  /** Bytes of a value, where all have the same and the type does not say how many. */
  readonly fixedBytes?: number;
  /** The older word for what the values mean (`ConvertedType`). */
  readonly converted?: number;
  /** What the values mean (`LogicalType`). */
  readonly logical?: ThriftValue;
  readonly digits?: { readonly precision: number; readonly scale: number };
}

const EMPTY = struct({});
const MICROS = struct({ 2: EMPTY });
const STRING: ParquetType = { physical: PHYSICAL.bytes, converted: 0, logical: struct({ 1: EMPTY }) };

/** The form of a type whose values a column holds; an array's is that of its elements. */
export function toParquet(type: CanonicalType): ParquetType {
  switch (type.kind) {
    case 'bool':
      return { physical: PHYSICAL.boolean };
    case 'int32':
      return { physical: PHYSICAL.int32 };
    case 'int64':
      return { physical: PHYSICAL.int64 };
    case 'float':
      return { physical: PHYSICAL.float };
    case 'double':
      return { physical: PHYSICAL.double };
    case 'decimal':
      return toDecimal(type.precision, type.scale);
    case 'text':
    case 'uuid':
      return STRING;
    case 'bytes':
      return { physical: PHYSICAL.bytes };
    case 'date':
      return { physical: PHYSICAL.int32, converted: 6, logical: struct({ 6: EMPTY }) };
    case 'time':
      return {
        physical: PHYSICAL.int64,
        converted: 8,
        logical: struct({ 7: struct({ 1: bool(true), 2: MICROS }) }),
      };
    case 'timestamp':
      // The older word says that the values are instants: a wall-clock reading has none.
      return {
        physical: PHYSICAL.int64,
        ...(type.zoned ? { converted: 10 } : {}),
        logical: struct({ 8: struct({ 1: bool(type.zoned), 2: MICROS }) }),
      };
    case 'array':
      return toParquet({ kind: type.element satisfies ArrayElement });
  }
}

function toDecimal(precision: number, scale: number): ParquetType {
  const wide = precision > 18;
  return {
    physical: wide ? PHYSICAL.fixedBytes : PHYSICAL.int64,
    ...(wide ? { fixedBytes: WIDE_BYTES } : {}),
    converted: 5,
    logical: struct({ 5: struct({ 1: int32(scale), 2: int32(precision) }) }),
    digits: { precision, scale },
  };
}

const REQUIRED = 0;
const OPTIONAL = 1;
const REPEATED = 2;
const LIST = struct({ 3: EMPTY });

/** A column's elements of the schema: one, or for an array a list with its elements. */
export function toSchemaElements(name: string, type: CanonicalType): readonly ThriftValue[] {
  if (type.kind !== 'array') return [toLeaf(name, type, OPTIONAL)];
  return [
    struct({ 3: int32(OPTIONAL), 4: text(name), 5: int32(1), 6: int32(3), 10: LIST }),
    struct({ 3: int32(REPEATED), 4: text('list'), 5: int32(1) }),
    toLeaf('element', type, REQUIRED),
  ];
}

function toLeaf(name: string, type: CanonicalType, repetition: number): ThriftValue {
  const { physical, fixedBytes, converted, logical, digits } = toParquet(type);
  return struct({
    1: int32(physical),
    2: fixedBytes === undefined ? undefined : int32(fixedBytes),
    3: int32(repetition),
    4: text(name),
    6: converted === undefined ? undefined : int32(converted),
    7: digits === undefined ? undefined : int32(digits.scale),
    8: digits === undefined ? undefined : int32(digits.precision),
    10: logical,
  });
}

/** Where a column's values are in the schema. */
export function toPath(name: string, type: CanonicalType): readonly ThriftValue[] {
  return (type.kind === 'array' ? [name, 'list', 'element'] : [name]).map(text);
}
