import type { CanonicalType } from '../../src/contract/index.js';

/** What becomes of a canonical type in a warehouse. */
export interface Written {
  readonly type: CanonicalType;
  /** The word in DDL; null for a type that is refused by name, since no column of the warehouse holds its values. */
  readonly ddl: string | null;
  /** What the column is known as, where that is another type. */
  readonly stored?: CanonicalType;
  /** What it is read as, where less is known of it. */
  readonly read?: CanonicalType;
}

/** What a native type is read as. */
export interface Read {
  readonly native: string;
  /** Null for a type that is refused by name. */
  readonly type: CanonicalType | null;
  /** True where digits are lost: good enough for a feature, refused for a key. */
  readonly inexact?: true;
}

export interface TypesOf {
  readonly written: readonly Written[];
  readonly read: readonly Read[];
}

const BOOL = { kind: 'bool' } as const;
const INT32 = { kind: 'int32' } as const;
const INT64 = { kind: 'int64' } as const;
const FLOAT = { kind: 'float' } as const;
const DOUBLE = { kind: 'double' } as const;
const TEXT = { kind: 'text' } as const;
const BYTES = { kind: 'bytes' } as const;
const UUID = { kind: 'uuid' } as const;
const DATE = { kind: 'date' } as const;
const TIME = { kind: 'time' } as const;
const INSTANT = { kind: 'timestamp', zoned: true } as const;
const CLOCK = { kind: 'timestamp', zoned: false } as const;
const MONEY = { kind: 'decimal', precision: 10, scale: 2 } as const;
const WIDEST = { kind: 'decimal', precision: 38, scale: 38 } as const;
const EMBEDDING = { kind: 'array', element: 'float', length: 3 } as const;
const COUNTS = { kind: 'array', element: 'int32', length: 3 } as const;

const decimal = (precision: number, scale: number): CanonicalType => ({ kind: 'decimal', precision, scale });
const array = (element: 'bool' | 'int32' | 'int64' | 'float' | 'double', length: number | null = null) =>
  ({ kind: 'array', element, length }) as const;

/** Types both ways in every warehouse: what a column is made as and known as, and what a source's types are read as. */
export const TYPE_TABLE: Readonly<Record<'duckdb' | 'postgres' | 'snowflake' | 'bigquery', TypesOf>> = {
  duckdb: {
    written: [
      { type: BOOL, ddl: 'boolean' },
      { type: INT32, ddl: 'integer' },
      { type: INT64, ddl: 'bigint' },
      { type: FLOAT, ddl: 'real' },
      { type: DOUBLE, ddl: 'double' },
      { type: MONEY, ddl: 'decimal(10,2)' },
      { type: WIDEST, ddl: 'decimal(38,38)' },
      { type: TEXT, ddl: 'varchar' },
      { type: BYTES, ddl: 'blob' },
      { type: UUID, ddl: 'uuid' },
      { type: DATE, ddl: 'date' },
      { type: TIME, ddl: 'time' },
      { type: INSTANT, ddl: 'timestamptz' },
      { type: CLOCK, ddl: 'timestamp' },
      { type: EMBEDDING, ddl: 'real[3]' },
      { type: COUNTS, ddl: 'integer[3]' },
    ],
    read: [
      { native: 'tinyint', type: INT32 },
      { native: 'smallint', type: INT32 },
      { native: 'utinyint', type: INT32 },
      { native: 'usmallint', type: INT32 },
      { native: 'uinteger', type: INT64 },
      { native: 'ubigint', type: decimal(20, 0) },
      { native: 'hugeint', type: decimal(38, 0) },
      { native: "enum('a', 'b')", type: TEXT },
      { native: 'timestamp_s', type: CLOCK },
      { native: 'timestamp_ms', type: CLOCK },
      { native: 'timestamp_ns', type: null },
      { native: 'uhugeint', type: null },
      { native: 'timetz', type: null },
      { native: 'interval', type: null },
      { native: 'bit', type: null },
      { native: 'varchar[3]', type: null },
      { native: 'integer[]', type: null },
      { native: 'struct(a integer)', type: null },
      { native: 'map(varchar, integer)', type: null },
    ],
  },
  postgres: {
    written: [
      { type: BOOL, ddl: 'boolean' },
      { type: INT32, ddl: 'integer' },
      { type: INT64, ddl: 'bigint' },
      { type: FLOAT, ddl: 'real' },
      { type: DOUBLE, ddl: 'double precision' },
      { type: MONEY, ddl: 'numeric(10,2)' },
      { type: WIDEST, ddl: 'numeric(38,38)' },
      { type: TEXT, ddl: 'text' },
      { type: BYTES, ddl: 'bytea' },
      { type: UUID, ddl: 'uuid' },
      { type: DATE, ddl: 'date' },
      { type: TIME, ddl: 'time without time zone' },
      { type: INSTANT, ddl: 'timestamp with time zone' },
      { type: CLOCK, ddl: 'timestamp without time zone' },
      // The catalog keeps no length.
      { type: EMBEDDING, ddl: 'real[]', read: array('float') },
      { type: COUNTS, ddl: 'integer[]', read: array('int32') },
    ],
    read: [
      { native: 'smallint', type: INT32 },
      { native: 'varchar(3)', type: TEXT },
      { native: 'char(3)', type: TEXT },
      { native: '"char"', type: TEXT },
      { native: 'name', type: TEXT },
      { native: 'numeric', type: DOUBLE, inexact: true },
      { native: 'numeric(39,0)', type: null },
      { native: 'numeric(2,-3)', type: null },
      { native: 'boolean[]', type: array('bool') },
      { native: 'text[]', type: null },
      { native: 'timetz', type: null },
      { native: 'interval', type: null },
      { native: 'json', type: null },
      { native: 'jsonb', type: null },
      { native: 'int4range', type: null },
      { native: 'inet', type: null },
      { native: 'money', type: null },
    ],
  },
  snowflake: {
    written: [
      { type: BOOL, ddl: 'boolean' },
      // Ten digits, which is more than 32 bits hold.
      { type: INT32, ddl: 'number(10,0)', stored: INT64 },
      { type: INT64, ddl: 'number(19,0)' },
      { type: FLOAT, ddl: 'float', stored: DOUBLE },
      { type: DOUBLE, ddl: 'float' },
      { type: MONEY, ddl: 'number(10,2)' },
      { type: decimal(38, 37), ddl: 'number(38,37)' },
      { type: decimal(5, 0), ddl: 'number(5,0)', stored: INT32 },
      { type: decimal(12, 0), ddl: 'number(12,0)', stored: INT64 },
      { type: TEXT, ddl: 'varchar' },
      { type: BYTES, ddl: 'binary' },
      { type: UUID, ddl: 'varchar(36)', stored: TEXT },
      { type: DATE, ddl: 'date' },
      { type: TIME, ddl: 'time(6)' },
      { type: INSTANT, ddl: 'timestamp_tz(6)' },
      { type: CLOCK, ddl: 'timestamp_ntz(6)' },
      // Its scale ends at 37.
      { type: WIDEST, ddl: null },
      // No bulk load fills a VECTOR, and an ARRAY holds JSON: no NaN, no infinity, no bits.
      { type: EMBEDDING, ddl: null },
      { type: COUNTS, ddl: null },
    ],
    read: [
      { native: 'FIXED(1,0)', type: INT32 },
      { native: 'FIXED(9,0)', type: INT32 },
      { native: 'FIXED(18,0)', type: INT64 },
      { native: 'FIXED(20,0)', type: decimal(20, 0) },
      { native: 'FIXED(38,0)', type: decimal(38, 0) },
      { native: 'FIXED(38,10)', type: decimal(38, 10) },
      { native: 'TIMESTAMP_LTZ(6)', type: INSTANT },
      { native: 'TIMESTAMP_TZ(9)', type: INSTANT, inexact: true },
      { native: 'TIMESTAMP_NTZ(9)', type: CLOCK, inexact: true },
      { native: 'TIMESTAMP_NTZ(3)', type: CLOCK },
      { native: 'TIME(9)', type: TIME, inexact: true },
      { native: 'VARIANT', type: null },
      { native: 'OBJECT', type: null },
      { native: 'ARRAY', type: null },
      { native: 'VECTOR', type: null },
      { native: 'GEOGRAPHY', type: null },
      { native: 'MAP', type: null },
    ],
  },
  bigquery: {
    written: [
      { type: BOOL, ddl: 'bool' },
      { type: INT32, ddl: 'int64', stored: INT64 },
      { type: INT64, ddl: 'int64' },
      { type: FLOAT, ddl: 'float64', stored: DOUBLE },
      { type: DOUBLE, ddl: 'float64' },
      { type: MONEY, ddl: 'numeric(10,2)' },
      { type: decimal(38, 9), ddl: 'numeric(38,9)' },
      { type: decimal(38, 10), ddl: 'bignumeric(38,10)' },
      { type: decimal(38, 0), ddl: 'bignumeric(38,0)' },
      { type: WIDEST, ddl: 'bignumeric(38,38)' },
      { type: TEXT, ddl: 'string' },
      { type: BYTES, ddl: 'bytes' },
      { type: UUID, ddl: 'string', stored: TEXT },
      { type: DATE, ddl: 'date' },
      { type: TIME, ddl: 'time' },
      { type: INSTANT, ddl: 'timestamp' },
      { type: CLOCK, ddl: 'datetime' },
      { type: EMBEDDING, ddl: 'array<float64>', stored: array('double') },
      { type: COUNTS, ddl: 'array<int64>', stored: array('int64') },
    ],
    read: [
      { native: 'INTEGER', type: INT64 },
      { native: 'FLOAT', type: DOUBLE },
      { native: 'BOOLEAN', type: BOOL },
      { native: 'NUMERIC', type: decimal(38, 9) },
      { native: 'NUMERIC(5)', type: decimal(5, 0) },
      { native: 'BIGNUMERIC', type: DOUBLE, inexact: true },
      { native: 'BIGNUMERIC(38,20)', type: decimal(38, 20) },
      { native: 'BIGNUMERIC(50,20)', type: null },
      { native: 'ARRAY<BOOL>', type: array('bool') },
      { native: 'ARRAY<STRING>', type: null },
      { native: 'ARRAY<NUMERIC>', type: null },
      { native: 'RECORD', type: null },
      { native: 'JSON', type: null },
      { native: 'GEOGRAPHY', type: null },
      { native: 'INTERVAL', type: null },
      { native: 'RANGE', type: null },
    ],
  },
};
