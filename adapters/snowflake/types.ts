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

/** What a column made with `toNative` is read as. */
export function toStored(type: CanonicalType): CanonicalType {
  if (type.kind === 'float') return { kind: 'double' };
  return type.kind === 'uuid' ? { kind: 'text' } : type;
}
