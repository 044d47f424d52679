import { type CanonicalType, isWide, renderType } from '../contract/index.js';

/** A value that somebody wrote or that was scored. Decimals are scaled, as vectors hold them; null is NULL. */
export type ExampleValue = string | number | bigint | boolean | null;

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** True for types whose values can be written down as examples. */
export function isWritable(type: CanonicalType): boolean {
  switch (type.kind) {
    case 'bool':
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
    case 'text':
      return true;
    case 'decimal':
      return !isWide(type);
    default:
      return false;
  }
}

/** The value that a text writes in the type, exactly; undefined where it writes none. */
export function parseValue(text: string, type: CanonicalType): Exclude<ExampleValue, null> | undefined {
  switch (type.kind) {
    case 'text':
      return text;
    case 'bool':
      return BOOLS.get(text.toLowerCase());
    case 'int32': {
      const value = parseInteger(text, 32);
      return value === undefined ? undefined : Number(value);
    }
    case 'int64':
      return parseInteger(text, 64);
    case 'float': {
      const value = parseNumber(text);
      return value === undefined ? undefined : Math.fround(value);
    }
    case 'double':
      return parseNumber(text);
    case 'decimal':
      return parseDecimal(text, type);
    default:
      return undefined;
  }
}

/** What a value of the type looks like, for messages. */
export function describeType(type: CanonicalType): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false';
    case 'int32':
    case 'int64':
      return `a whole number (${type.kind})`;
    case 'float':
    case 'double':
      return `a number (${type.kind})`;
    default:
      return `a value of type ${renderType(type)}`;
  }
}

function parseInteger(text: string, bits: number): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : SPECIAL.get(text.toLowerCase());
}

function parseDecimal(
  text: string,
  { precision, scale }: { readonly precision: number; readonly scale: number },
): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(text) ?? [];
  const kept = fraction.replace(/0+$/, '');
  if (sign === undefined || whole + fraction === '' || kept.length > scale) return undefined;
  const digits = BigInt(whole + kept.padEnd(scale, '0'));
  if (digits >= 10n ** BigInt(precision)) return undefined;
  return sign === '-' ? -digits : digits;
}
