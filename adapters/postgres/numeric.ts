import { type CanonicalType, isWide } from '../../src/contract/index.js';
import { type ColumnMemory, NUMERIC_SIGN, refuseValue, type Source } from './binary.js';

type Decimal = Extract<CanonicalType, { readonly kind: 'decimal' }>;

/** Most digits whose groups of four, the last one padded, a JavaScript number holds exactly. */
const SAFE_DIGITS = 12;

/**
 * Writes numerics as scaled integers. Their binary form: count of digits, weight of the first one, sign, scale, then
 * digits of base 10,000, each a 16-bit integer.
 */
export function decodeDecimals(
  source: Source,
  { halves, words }: ColumnMemory,
  at: number,
  column: string,
  type: Decimal,
): void {
  const { view, positions, from, rows } = source;
  const wide = isWide(type);
  for (let i = 0; i < rows; i++) {
    const p = positions[from + i] as number;
    if (p < 0) continue;
    const sign = view.getUint16(p + 4);
    if (sign > NUMERIC_SIGN.negative) throw refuseValue(column, 'NaN or infinity as a numeric');
    if (type.precision <= SAFE_DIGITS) {
      const value = readNumber(view, p, type.scale);
      const high = Math.floor(value / 2 ** 32);
      halves[(at + i) * 2] = (value - high * 2 ** 32) | 0;
      halves[(at + i) * 2 + 1] = high;
    } else if (wide) {
      const value = readBigint(view, p, type.scale);
      words[(at + i) * 2] = BigInt.asIntN(64, value);
      words[(at + i) * 2 + 1] = value >> 64n;
    } else words[at + i] = readBigint(view, p, type.scale);
  }
}

/** Zeros that the digits lack up to the scale; below 0 where the last digit has some too many. */
function missingZeros(view: DataView, p: number, scale: number): number {
  return 4 * (view.getInt16(p + 2) - view.getInt16(p) + 1) + scale;
}

function readNumber(view: DataView, p: number, scale: number): number {
  const end = p + 8 + 2 * view.getInt16(p);
  let value = 0;
  for (let q = p + 8; q < end; q += 2) value = value * 10_000 + view.getInt16(q);
  const zeros = missingZeros(view, p, scale);
  const scaled = zeros >= 0 ? value * 10 ** zeros : value / 10 ** -zeros;
  return view.getUint16(p + 4) === NUMERIC_SIGN.negative ? -scaled : scaled;
}

function readBigint(view: DataView, p: number, scale: number): bigint {
  const end = p + 8 + 2 * view.getInt16(p);
  let value = 0n;
  for (let q = p + 8; q < end; q += 2) value = value * 10_000n + BigInt(view.getInt16(q));
  const zeros = missingZeros(view, p, scale);
  const scaled = zeros >= 0 ? value * 10n ** BigInt(zeros) : value / 10n ** BigInt(-zeros);
  return view.getUint16(p + 4) === NUMERIC_SIGN.negative ? -scaled : scaled;
}

/** A numeric's sign, weight and digits of base 10,000. */
export interface NumericDigits {
  readonly negative: boolean;
  readonly weight: number;
  /** Least significant first. */
  readonly digits: readonly number[];
}

/** A scaled integer as the server writes it. */
export function toDigits(scaled: bigint, scale: number): NumericDigits {
  const negative = scaled < 0n;
  // The scale in whole digits of base 10,000.
  const fraction = Math.ceil(scale / 4);
  let rest = (negative ? -scaled : scaled) * 10n ** BigInt(fraction * 4 - scale);
  const digits: number[] = [];
  while (rest > 0n) {
    // A number is faster than a bigint as soon as it fits.
    if (rest <= Number.MAX_SAFE_INTEGER) return finish(negative, fraction, digits, Number(rest));
    digits.push(Number(rest % 10_000n));
    rest /= 10_000n;
  }
  return finish(negative, fraction, digits, 0);
}

function finish(negative: boolean, fraction: number, digits: number[], from: number): NumericDigits {
  for (let rest = from; rest > 0; rest = Math.floor(rest / 10_000)) digits.push(rest % 10_000);
  return { negative, weight: digits.length - 1 - fraction, digits };
}
