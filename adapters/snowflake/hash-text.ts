import { type CanonicalType, ScoringError } from '../../src/contract/index.js';

/**
 * A value's piece of its row's encoding, as src/hash/README.md defines it.
 *
 * @param value SQL of the value
 * @throws CAPABILITY for floats and arrays of them: no function of Snowflake's SQL gives the bits of a float
 */
export function hashText(value: string, type: CanonicalType): string {
  return `coalesce(${canonicalText(value, type)} || ';', '~;')`;
}

function canonicalText(value: string, type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return `case when ${value} then 't' when not ${value} then 'f' end`;
    case 'int32':
    case 'int64':
    case 'uuid':
      return toText(value);
    case 'decimal':
      // As many digits behind the point as the scale has: the zeros at the end are no part of the number.
      return type.scale === 0 ? toText(value) : `rtrim(rtrim(${toText(value)}, '0'), '.')`;
    case 'text':
      return `octet_length(${value}) || ':' || ${value}`;
    case 'bytes':
      return `octet_length(${value}) || ':' || hex_encode(${value}, 0)`;
    case 'date':
      return toText(`datediff(day, cast('1970-01-01' as date), ${value})`);
    case 'time':
      return toText(`datediff(microsecond, cast('00:00:00' as time), ${value})`);
    case 'timestamp':
      return toText(`date_part(epoch_microsecond, ${value})`);
    case 'float':
    case 'double':
    case 'array':
      throw new ScoringError(`rows with a column of type ${type.kind} cannot be hashed inside Snowflake`, {
        code: 'CAPABILITY',
        stage: 'gate',
      });
  }
}

function toText(value: string): string {
  return `to_varchar(${value})`;
}
