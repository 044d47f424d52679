/**
 * Writes numbers as ASCII into bytes without a string between: 64-bit integers come as two halves, since a bigint a value
 * would cost more than the hash. Each function returns where its text ends.
 */
export const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const BILLION = 1_000_000_000;
const HEX = Uint8Array.from(Buffer.from('0123456789abcdef'));

/** A signed 64-bit integer from its halves. */
export function writeInt64(bytes: Uint8Array, at: number, high: number, low: number): number {
  if (high >= 0) return writeUint64(bytes, at, high, low >>> 0);
  bytes[at] = MINUS;
  const negated = -low >>> 0;
  return writeUint64(bytes, at + 1, (negated === 0 ? -high : ~high) >>> 0, negated);
}

function writeUint64(bytes: Uint8Array, at: number, high: number, low: number): number {
  if (high === 0) return writeUint32(bytes, at, low);
  // Long division by a billion, 16 bits at a time: no step leaves the integers that a double holds exactly.
  const upper = Math.floor(high / BILLION);
  let rest = (high - upper * BILLION) * 65_536 + (low >>> 16);
  const middle = Math.floor(rest / BILLION);
  rest = (rest - middle * BILLION) * 65_536 + (low & 0xffff);
  const lower = Math.floor(rest / BILLION);
  const quotient = (upper * 65_536 + middle) * 65_536 + lower;
  rest -= lower * BILLION;
  if (quotient < BILLION) return writeNine(bytes, writeUint32(bytes, at, quotient), rest);
  const top = Math.floor(quotient / BILLION);
  const end = writeNine(bytes, writeUint32(bytes, at, top), quotient - top * BILLION);
  return writeNine(bytes, end, rest);
}

/** An integer from 0 to 2^32 - 1. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): number {
  if (value >= BILLION) {
    const top = (value / BILLION) >>> 0;
    bytes[at] = ZERO + top;
    return writeNine(bytes, at + 1, value - top * BILLION);
  }
  const end = at + countDigits(value);
  let left = value | 0;
  for (let i = end - 1; i >= at; i--) {
    const next = (left / 10) | 0;
    bytes[i] = ZERO + left - next * 10;
    left = next;
  }
  return end;
}

function writeNine(bytes: Uint8Array, at: number, value: number): number {
  let left = value | 0;
  for (let i = at + 8; i >= at; i--) {
    const next = (left / 10) | 0;
    bytes[i] = ZERO + left - next * 10;
    left = next;
  }
  return at + 9;
}

/** Digits of an integer below a billion. */
function countDigits(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9;
}

/** The 8 hex digits of 32 bits. Written out: a loop takes half as long again, and every score has two of these. */
export function writeHex32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = HEX[value >>> 28] as number;
  bytes[at + 1] = HEX[(value >>> 24) & 15] as number;
  bytes[at + 2] = HEX[(value >>> 20) & 15] as number;
  bytes[at + 3] = HEX[(value >>> 16) & 15] as number;
  bytes[at + 4] = HEX[(value >>> 12) & 15] as number;
  bytes[at + 5] = HEX[(value >>> 8) & 15] as number;
  bytes[at + 6] = HEX[(value >>> 4) & 15] as number;
  bytes[at + 7] = HEX[value & 15] as number;
  return at + 8;
}

/** The lowest `digits` hex digits of 32 bits. */
export function writeHex(bytes: Uint8Array, at: number, value: number, digits: number): number {
  for (let i = digits - 1; i >= 0; i--) {
    bytes[at + i] = HEX[value & 15] as number;
    value >>>= 4;
  }
  return at + digits;
}

/**
 * Puts the point of a decimal between the digits from `first` to `end`, and drops the zeros behind it. What it shortens
 * is cleared.
 */
export function insertPoint(bytes: Uint8Array, first: number, end: number, scale: number): number {
  const missing = Math.max(0, scale + 1 - (end - first));
  for (let i = end - 1; i >= first; i--) bytes[i + missing] = bytes[i] as number;
  bytes.fill(ZERO, first, first + missing);
  const point = end + missing - scale;
  let last = end + missing;
  while (last > point && bytes[last - 1] === ZERO) bytes[--last] = 0;
  if (last === point) return point;
  for (let i = last; i > point; i--) bytes[i] = bytes[i - 1] as number;
  bytes[point] = POINT;
  return last + 1;
}
