import { type CanonicalType, ScoringError } from '../../src/contract/index.js';

/**
 * A value's piece of its row's encoding, as src/hash/README.md defines it.
 *
 * @param value SQL of the value
 * @throws CAPABILITY for floats and arrays of them: no function of BigQuery's SQL gives the bits of a float
 */
export function hashText(value: string, type: CanonicalType): string {
  return `coalesce(${canonicalText(value, type)} || ';', '~;')`;
}

function canonicalText(value: string, type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return `case ${value} when true then 't' when false then 'f' end`;
    case 'int32':
    case 'int64':
    case 'uuid':
    case 'decimal':
      // A decimal is written without zeros at its end.
      return toText(value);
    case 'text':
      return `${toText(`byte_length(${value})`)} || ':' || ${value}`;
    case 'bytes':
      return `${toText(`byte_length(${value})`)} || ':' || to_hex(${value})`;
    case 'date':
      return toText(`unix_date(${value})`);
    case 'time':
      return toText(`time_diff(${value}, time '00:00:00', microsecond)`);
    case 'timestamp':
      // A wall-clock reading counts as if it were UTC.
      return toText(`unix_micros(${type.zoned ? value : `timestamp(${value})`})`);
    case 'float':
    case 'double':
    case 'array':
      throw new ScoringError(`rows with a column of type ${type.kind} cannot be hashed inside BigQuery`, {
        code: 'CAPABILITY',
        stage: 'gate',
      });
  }
}

function toText(value: string): string {
  return `cast(${value} as string)`;
}
