import type { ArrayElement, CanonicalType } from '../../src/contract/index.js';

/** Most digits that a decimal of scorehouse has. */
const MAX_PRECISION = 38;

/** A native type as the catalog resolves it: a domain by its base, with the modifier that applies. */
export interface NativeType {
  /** `pg_type.oid` of the base type. */
  readonly oid: number;
  /** -1 where there is none. */
  readonly typmod: number;
  /** `pg_type.typtype`: `e` is an enum. */
  readonly typtype: string;
  readonly typname: string;
}

/** A canonical type, and whether it holds every digit. */
export interface TypeMatch {
  readonly type: CanonicalType;
  readonly inexact?: true;
}

const BY_OID: ReadonlyMap<number, CanonicalType> = new Map([
  [16, { kind: 'bool' }],
  [17, { kind: 'bytes' }],
  [18, { kind: 'text' }], // "char"
  [19, { kind: 'text' }], // name
  [20, { kind: 'int64' }],
  [21, { kind: 'int32' }], // smallint
  [23, { kind: 'int32' }],
  [25, { kind: 'text' }],
  [700, { kind: 'float' }],
  [701, { kind: 'double' }],
  [1042, { kind: 'text' }], // char(n)
  [1043, { kind: 'text' }], // varchar
  [1082, { kind: 'date' }],
  [1083, { kind: 'time' }],
  [1114, { kind: 'timestamp', zoned: false }],
  [1184, { kind: 'timestamp', zoned: true }],
  [2950, { kind: 'uuid' }],
]);

const NUMERIC = 1700;

/** Arrays and their elements by `pg_type.oid`; the catalog keeps neither lengths nor dimensions that could be relied on. */
const ARRAYS = {
  bool: { array: 1000, element: 16 },
  int32: { array: 1007, element: 23 },
  int64: { array: 1016, element: 20 },
  float: { array: 1021, element: 700 },
  double: { array: 1022, element: 701 },
} as const satisfies Record<ArrayElement, { readonly array: number; readonly element: number }>;

/** The element's `pg_type.oid`, which an array's binary form names. */
export function elementOid(element: ArrayElement): number {
  return ARRAYS[element].element;
}

/**
 * Postgres' type in scorehouse's words, or null for one it does not take: arrays but those of numbers, JSON, intervals,
 * ranges, times with a zone, and numerics of more than 38 digits or a negative scale.
 */
export function toCanonical({ oid, typmod, typtype, typname }: NativeType): TypeMatch | null {
  if (oid === NUMERIC) return toDecimal(typmod);
  if (typtype === 'e' || typname === 'citext') return { type: { kind: 'text' } };
  const type = BY_OID.get(oid) ?? toArray(oid);
  return type === null ? null : { type };
}

function toArray(oid: number): CanonicalType | null {
  for (const [element, { array }] of Object.entries(ARRAYS)) {
    if (array === oid) return { kind: 'array', element: element as ArrayElement, length: null };
  }
  return null;
}

/** The modifier holds the precision above and the scale, in eleven bits with a sign, below. */
function toDecimal(typmod: number): TypeMatch | null {
  if (typmod < 0) return { type: { kind: 'double' }, inexact: true };
  const precision = ((typmod - 4) >> 16) & 0xffff;
  const scale = (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
  const digits = Math.max(precision, scale);
  return scale < 0 || digits > MAX_PRECISION ? null : { type: { kind: 'decimal', precision: digits, scale } };
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
      return 'double precision';
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`;
    case 'text':
      return 'text';
    case 'bytes':
      return 'bytea';
    case 'uuid':
      return 'uuid';
    case 'date':
      return 'date';
    case 'time':
      return 'time without time zone';
    case 'timestamp':
      return type.zoned ? 'timestamp with time zone' : 'timestamp without time zone';
    case 'array':
      return `${toNative({ kind: type.element })}[]`;
  }
}
