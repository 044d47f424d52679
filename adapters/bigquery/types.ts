import type { CanonicalType } from '../../src/contract/index.js';

/** Digits before and behind the point that NUMERIC has; wider ones are BIGNUMERIC. */
const NUMERIC = { whole: 29, scale: 9 };

/**
 * DDL words. There is one integer and one float type, both 64 bits wide, and uuids are texts. A decimal keeps its
 * precision and scale.
 */
export function toNative(type: CanonicalType): string {
  switch (type.kind) {
    case 'decimal':
      return `${toCast(type)}(${type.precision},${type.scale})`;
    case 'array':
      return `array<${toNative({ kind: type.element })}>`;
    default:
      return toCast(type);
  }
}

/** The word in a cast, which is the type without its parameters. */
export function toCast(type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return 'bool';
    case 'int32':
    case 'int64':
      return 'int64';
    case 'float':
    case 'double':
      return 'float64';
    case 'decimal':
      return type.scale <= NUMERIC.scale && type.precision - type.scale <= NUMERIC.whole
        ? 'numeric'
        : 'bignumeric';
    case 'text':
    case 'uuid':
      return 'string';
    case 'bytes':
      return 'bytes';
    case 'date':
      return 'date';
    case 'time':
      return 'time';
    case 'timestamp':
      return type.zoned ? 'timestamp' : 'datetime';
    case 'array':
      return toNative(type);
  }
}

/** What a column made with `toNative` is read as. */
export function toStored(type: CanonicalType): CanonicalType {
  switch (type.kind) {
    case 'int32':
      return { kind: 'int64' };
    case 'float':
      return { kind: 'double' };
    case 'uuid':
      return { kind: 'text' };
    case 'array':
      return { ...type, element: STORED_ELEMENTS[type.element], length: null };
    default:
      return type;
  }
}

const STORED_ELEMENTS = {
  bool: 'bool',
  int32: 'int64',
  int64: 'int64',
  float: 'double',
  double: 'double',
} as const;
