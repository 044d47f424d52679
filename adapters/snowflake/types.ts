import { type CanonicalType, renderType, ScoringError } from '../../src/contract/index.js';

/** Most digits behind the point. */
const MAX_SCALE = 37;

/**
 * DDL and cast words. Integers are decimals of as many digits as their type needs; floats of any width are 64 bits wide,
 * and uuids are texts: Snowflake has neither of the others. Fractions of seconds have six digits, as everywhere here.
 *
 * @throws CAPABILITY for what no column holds: an array, or a decimal of 38 digits behind the point
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
      if (type.scale > MAX_SCALE) throw refuse(type, `${MAX_SCALE} digits behind the point are the most`);
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
      throw refuse(type, 'no file fills a VECTOR, and an ARRAY keeps its numbers as JSON');
  }
}

/**
 * What a column made with `toNative` is read as: whole numbers by their digits, of which 64 bits have up to 19.
 *
 * @throws CAPABILITY as `toNative`
 */
export function toStored(type: CanonicalType): CanonicalType {
  toNative(type);
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

function refuse(type: CanonicalType, why: string): ScoringError {
  return new ScoringError(`Snowflake has no column for ${renderType(type)}: ${why}`, {
    code: 'CAPABILITY',
    stage: 'plan',
    details: { type: renderType(type) },
    hint: 'Of an output with several numbers, say as: columns. Of a source column, cast it there.',
  });
}
