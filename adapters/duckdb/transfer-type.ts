import {
  ARRAY,
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBType,
  FLOAT,
  INTEGER,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  UUID,
  VARCHAR,
} from '@duckdb/node-api';
import type { LogicalType } from '@duckdb/node-bindings';
import { type CanonicalType, elementsOf } from '../../src/contract/index.js';

/** The type of a data chunk's column, whose physical form is the vector's own layout. */
export function toLogicalType(type: CanonicalType): LogicalType {
  return toDuckType(type).toLogicalType().logical_type;
}

/** The appender casts to the table's own type where it is narrower (smallint, decimal(10,2)). */
function toDuckType(type: CanonicalType): DuckDBType {
  switch (type.kind) {
    case 'bool':
      return BOOLEAN;
    case 'int32':
      return INTEGER;
    case 'int64':
      return BIGINT;
    case 'float':
      return FLOAT;
    case 'double':
      return DOUBLE;
    case 'decimal':
      return DECIMAL(type.precision > 18 ? 38 : 18, type.scale);
    case 'text':
      return VARCHAR;
    case 'bytes':
      return BLOB;
    case 'uuid':
      return UUID;
    case 'date':
      return DATE;
    case 'time':
      return TIME;
    case 'timestamp':
      return type.zoned ? TIMESTAMPTZ : TIMESTAMP;
    case 'array':
      return ARRAY(toDuckType({ kind: type.element }), elementsOf(type));
  }
}
