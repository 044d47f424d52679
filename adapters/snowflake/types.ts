import type { CanonicalType } from '../../src/contract/index.js';

/**
 * DDL and cast words. Integers are decimals of as many digits as their type needs; floats of any width are 64 bits wide,
 * and uuids are texts: Snowflake has neither of the others. Fractions of seconds have six digits, as everywhere here.
 */
export function toNative(type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int32':
      return 'number(10,0)';
    case 'int64':
      return 'number(19,0)';
    case 'float':
    case 'double':
      return 'float';
    case 'decimal':
      return `number(${type.precision},${type.scale})`;
    case 'text':
      return 'varchar';
    case 'bytes':
      return 'binary';
    case 'uuid':
      return 'varchar(36)';
    case 'date':
      return 'date';
    case 'time':
      return 'time(6)';
    case 'timestamp':
      return type.zoned ? 'timestamp_tz(6)' : 'timestamp_ntz(6)';
    case 'array':
      return 'array';
  }
}

/**
 * What a column made with `toNative` is read as: whole numbers by their digits, of which 64 bits have up to 19.
 */
export function toStored(type: CanonicalType): CanonicalType {
  switch (type.kind) {
    case 'int32':
      return { kind: 'int64' };
    case 'decimal':
      return toNumber(type.precision, type.scale);
    case 'float':
      return { kind: 'double' };
    case 'uuid':
      return { kind: 'text' };
    default:
      return type;
  }
}

/** Digits that always fit 32 bits, and those that a 64-bit column is made with. */
const INT32_DIGITS = 9;
const INT64_DIGITS = 19;

/** The canonical type of a NUMBER. */
export function toNumber(precision: number, scale: number): CanonicalType {
  if (scale !== 0 || precision > INT64_DIGITS) return { kind: 'decimal', precision, scale };
  return { kind: precision <= INT32_DIGITS ? 'int32' : 'int64' };
}
