/**
 * A column's type in scorehouse's own words. Every adapter maps its native types to these and back.
 *
 * `decimal` of up to 18 digits is held as a scaled 64-bit integer, a wider one as 128 bits; `timestamp` counts
 * microseconds, `zoned` says whether it is an instant (`timestamptz`) or a wall-clock reading.
 */
export type CanonicalType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int32' }
  | { readonly kind: 'int64' }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'timestamp'; readonly zoned: boolean };

/** A column of a query or relation. */
export interface Column {
  readonly name: string;
  readonly type: CanonicalType;
  /** The warehouse's own word for the type, for messages. */
  readonly native: string;
  /**
   * True where the canonical type cannot hold every digit of the native one (Postgres' numeric without a precision is
   * read as double): good enough for a feature, refused for a key and for what predictions carry along.
   */
  readonly inexact?: true;
}

/** Types whose values have a total order that every warehouse agrees on, so that they can page a key. */
const ORDERABLE: ReadonlySet<CanonicalType['kind']> = new Set([
  'bool',
  'int32',
  'int64',
  'decimal',
  'text',
  'uuid',
  'date',
  'time',
  'timestamp',
]);

/** True when the type can be a key column. Floating keys are refused: NaN and -0 have no agreed order. */
export function isOrderable(type: CanonicalType): boolean {
  return ORDERABLE.has(type.kind);
}

/** The type as a person reads it: `decimal(10,2)`, `timestamptz`. */
export function renderType(type: CanonicalType): string {
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`;
  if (type.kind === 'timestamp') return type.zoned ? 'timestamptz' : 'timestamp';
  return type.kind;
}

/** True for columns of one name and type. */
export function sameColumn(a: Column, b: Column | undefined): boolean {
  return b !== undefined && a.name === b.name && renderType(a.type) === renderType(b.type);
}
