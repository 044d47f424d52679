import type { CanonicalType } from '../../src/contract/index.js';
import type { NativeField } from './job.js';

/** Digits before and behind the point that NUMERIC has; wider ones are BIGNUMERIC. */
const NUMERIC = { whole: 29, scale: 9 };

/**
 * DDL words. There is one integer and one float type, both 64 bits wide, and uuids are texts. A decimal keeps its
 * precision and scale.
 */
export function toNative(type: CanonicalType): string {
  switch (type.kind) {
    case 'decimal':
      return `${toCast(type)}(${type.precision},${type.scale})`;
    case 'array':
      return `array<${toNative({ kind: type.element })}>`;
    default:
      return toCast(type);
  }
}

/** The word in a cast, which is the type without its parameters. */
export function toCast(type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return 'bool';
    case 'int32':
    case 'int64':
      return 'int64';
    case 'float':
    case 'double':
      return 'float64';
    case 'decimal':
      return type.scale <= NUMERIC.scale && type.precision - type.scale <= NUMERIC.whole
        ? 'numeric'
        : 'bignumeric';
    case 'text':
    case 'uuid':
      return 'string';
    case 'bytes':
      return 'bytes';
    case 'date':
      return 'date';
    case 'time':
      return 'time';
    case 'timestamp':
      return type.zoned ? 'timestamp' : 'datetime';
    case 'array':
      return toNative(type);
  }
}

/** What a column made with `toNative` is read as. */
export function toStored(type: CanonicalType): CanonicalType {
  switch (type.kind) {
    case 'int32':
      return { kind: 'int64' };
    case 'float':
      return { kind: 'double' };
    case 'uuid':
      return { kind: 'text' };
    case 'array':
      return { ...type, element: STORED_ELEMENTS[type.element], length: null };
    default:
      return type;
  }
}

const STORED_ELEMENTS = {
  bool: 'bool',
  int32: 'int64',
  int64: 'int64',
  float: 'double',
  double: 'double',
} as const;

/** Most digits that a decimal of scorehouse has. */
const MAX_PRECISION = 38;

/** What a NUMERIC without digits of its own holds. */
const NUMERIC_TYPE = { kind: 'decimal', precision: MAX_PRECISION, scale: NUMERIC.scale } as const;

/** A canonical type, and whether it holds every digit. */
export interface TypeMatch {
  readonly type: CanonicalType;
  readonly inexact?: true;
}

const BY_NAME: ReadonlyMap<string, CanonicalType> = new Map([
  ['BOOL', { kind: 'bool' }],
  ['BOOLEAN', { kind: 'bool' }],
  ['INT64', { kind: 'int64' }],
  ['INTEGER', { kind: 'int64' }],
  ['FLOAT64', { kind: 'double' }],
  ['FLOAT', { kind: 'double' }],
  ['STRING', { kind: 'text' }],
  ['BYTES', { kind: 'bytes' }],
  ['DATE', { kind: 'date' }],
  ['TIME', { kind: 'time' }],
  ['DATETIME', { kind: 'timestamp', zoned: false }],
  ['TIMESTAMP', { kind: 'timestamp', zoned: true }],
]);

/**
 * BigQuery's type in scorehouse's words, or null for one it does not take: structs, arrays but those of numbers, JSON,
 * geographies, intervals, ranges, and a BIGNUMERIC of more than 38 declared digits.
 */
export function toCanonical({ type, mode, precision, scale }: NativeField): TypeMatch | null {
  if (mode === 'REPEATED') return toArray(type);
  if (type === 'NUMERIC' || type === 'DECIMAL') return { type: toDecimal(precision, scale) ?? NUMERIC_TYPE };
  if (type === 'BIGNUMERIC' || type === 'BIGDECIMAL') return toWideDecimal(precision, scale);
  const found = BY_NAME.get(type);
  return found === undefined ? null : { type: found };
}

/** BigQuery's own word for a field's type. */
export function renderNative({ type, mode, precision, scale }: NativeField): string {
  const digits = precision === undefined ? '' : `(${precision}${scale === undefined ? '' : `,${scale}`})`;
  return mode === 'REPEATED' ? `ARRAY<${type}${digits}>` : `${type}${digits}`;
}

function toDecimal(precision: string | undefined, scale: string | undefined): CanonicalType | null {
  if (precision === undefined) return null;
  return { kind: 'decimal', precision: Number(precision), scale: Number(scale ?? 0) };
}

/** Without digits of its own a BIGNUMERIC has 76 of them, which a double holds about. */
function toWideDecimal(precision: string | undefined, scale: string | undefined): TypeMatch | null {
  const type = toDecimal(precision, scale);
  if (type === null) return { type: { kind: 'double' }, inexact: true };
  return Number(precision) > MAX_PRECISION ? null : { type };
}

const ARRAY_ELEMENTS: Readonly<Record<string, 'bool' | 'int64' | 'double'>> = {
  BOOL: 'bool',
  BOOLEAN: 'bool',
  INT64: 'int64',
  INTEGER: 'int64',
  FLOAT64: 'double',
  FLOAT: 'double',
};

function toArray(type: string): TypeMatch | null {
  const element = ARRAY_ELEMENTS[type];
  return element === undefined ? null : { type: { kind: 'array', element, length: null } };
}
