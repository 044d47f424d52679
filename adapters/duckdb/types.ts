import {
  type DuckDBArrayType,
  type DuckDBDecimalType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import type { ArrayElement, CanonicalType } from '../../src/contract/index.js';

const SIMPLE: ReadonlyMap<DuckDBTypeId, CanonicalType> = new Map([
  [DuckDBTypeId.BOOLEAN, { kind: 'bool' }],
  [DuckDBTypeId.TINYINT, { kind: 'int32' }],
  [DuckDBTypeId.SMALLINT, { kind: 'int32' }],
  [DuckDBTypeId.UTINYINT, { kind: 'int32' }],
  [DuckDBTypeId.USMALLINT, { kind: 'int32' }],
  [DuckDBTypeId.INTEGER, { kind: 'int32' }],
  [DuckDBTypeId.UINTEGER, { kind: 'int64' }],
  [DuckDBTypeId.BIGINT, { kind: 'int64' }],
  [DuckDBTypeId.UBIGINT, { kind: 'decimal', precision: 20, scale: 0 }],
  [DuckDBTypeId.HUGEINT, { kind: 'decimal', precision: 38, scale: 0 }],
  [DuckDBTypeId.FLOAT, { kind: 'float' }],
  [DuckDBTypeId.DOUBLE, { kind: 'double' }],
  [DuckDBTypeId.VARCHAR, { kind: 'text' }],
  [DuckDBTypeId.ENUM, { kind: 'text' }],
  [DuckDBTypeId.BLOB, { kind: 'bytes' }],
  [DuckDBTypeId.UUID, { kind: 'uuid' }],
  [DuckDBTypeId.DATE, { kind: 'date' }],
  [DuckDBTypeId.TIME, { kind: 'time' }],
  [DuckDBTypeId.TIMESTAMP, { kind: 'timestamp', zoned: false }],
  [DuckDBTypeId.TIMESTAMP_S, { kind: 'timestamp', zoned: false }],
  [DuckDBTypeId.TIMESTAMP_MS, { kind: 'timestamp', zoned: false }],
  [DuckDBTypeId.TIMESTAMP_TZ, { kind: 'timestamp', zoned: true }],
]);

const ELEMENTS: ReadonlyMap<DuckDBTypeId, ArrayElement> = new Map([
  [DuckDBTypeId.BOOLEAN, 'bool'],
  [DuckDBTypeId.INTEGER, 'int32'],
  [DuckDBTypeId.BIGINT, 'int64'],
  [DuckDBTypeId.FLOAT, 'float'],
  [DuckDBTypeId.DOUBLE, 'double'],
]);

/**
 * DuckDB's type in scorehouse's words, or null for one it does not take: nested types but for arrays of numbers,
 * intervals, bit strings and nanosecond timestamps, which would lose digits.
 */
export function toCanonical(type: DuckDBType): CanonicalType | null {
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const { width, scale } = type as DuckDBDecimalType;
    return { kind: 'decimal', precision: width, scale };
  }
  if (type.typeId === DuckDBTypeId.ARRAY) {
    const { valueType, length } = type as DuckDBArrayType;
    const element = ELEMENTS.get(valueType.typeId);
    return element === undefined ? null : { kind: 'array', element, length };
  }
  return SIMPLE.get(type.typeId) ?? null;
}

/** DDL and cast words; wide enough for every value of the canonical type. */
export function toNative(type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int32':
      return 'integer';
    case 'int64':
      return 'bigint';
    case 'float':
      return 'real';
    case 'double':
      return 'double';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'text':
      return 'varchar';
    case 'bytes':
      return 'blob';
    case 'uuid':
      return 'uuid';
    case 'date':
      return 'date';
    case 'time':
      return 'time';
    case 'timestamp':
      return type.zoned ? 'timestamptz' : 'timestamp';
    case 'array':
      return `${toNative({ kind: type.element })}[${type.length ?? ''}]`;
  }
}

/** The type whose physical form in a data chunk is the vector's own layout: decimals in 64 or 128 bits. */
export function toTransfer(type: CanonicalType): CanonicalType {
  return type.kind === 'decimal' ? { ...type, precision: type.precision > 18 ? 38 : 18 } : type;
}
