import { assertInvariant } from './errors.js';

/**
 * A column's type in scorehouse's own words. Every adapter maps its native types to these and back.
 *
 * `decimal` of up to 18 digits is held as a scaled 64-bit integer, a wider one as 128 bits; `timestamp` counts
 * microseconds, `zoned` says whether it is an instant (`timestamptz`) or a wall-clock reading. An `array` has the same
 * number of elements in every row and no NULL among them; its `length` is null where the warehouse does not keep it.
 * Arrays are written, never read.
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
  | { readonly kind: 'timestamp'; readonly zoned: boolean }
  | { readonly kind: 'array'; readonly element: ArrayElement; readonly length: number | null };

/** What an array may hold. */
export type ArrayElement = 'bool' | 'int32' | 'int64' | 'float' | 'double';

export type ArrayType = Extract<CanonicalType, { kind: 'array' }>;

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

/** The type as a person reads it: `decimal(10,2)`, `timestamptz`, `float[384]`. */
export function renderType(type: CanonicalType): string {
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`;
  if (type.kind === 'timestamp') return type.zoned ? 'timestamptz' : 'timestamp';
  if (type.kind === 'array') return `${type.element}[${type.length ?? ''}]`;
  return type.kind;
}

/** True for one type; arrays of which one's length is not known agree in their elements. */
export function sameType(a: CanonicalType, b: CanonicalType): boolean {
  if (a.kind === 'array' && b.kind === 'array' && (a.length === null || b.length === null)) {
    return a.element === b.element;
  }
  return renderType(a) === renderType(b);
}

/** True for columns of one name and type. */
export function sameColumn(a: Column, b: Column | undefined): boolean {
  return b !== undefined && a.name === b.name && sameType(a.type, b.type);
}

/** @throws INVARIANT for an array: no plan reads one */
export function assertReadable(columns: readonly Column[]): void {
  const array = columns.find(({ type }) => type.kind === 'array');
  assertInvariant(array === undefined, `column "${array?.name}" is an array, which is never read`, 'extract');
}
