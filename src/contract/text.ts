import { elementsOf, isWide, toElements, type Vector } from './vector.js';

const MICROS_PER_DAY = 86_400_000_000n;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A value in text that keeps every digit: what the ledger records and what a literal is made from. */
export function valueToText(vector: Vector, row: number): string {
  const { type, values } = vector;
  switch (type.kind) {
    case 'text':
      return utf8.decode(bytesAt(vector, row));
    case 'bytes':
      return Buffer.from(bytesAt(vector, row)).toString('hex');
    case 'bool':
      return values[row] === 1 ? 'true' : 'false';
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
      return String(values[row]);
    case 'decimal':
      return decimalToText(isWide(type) ? wideAt(values, row) : (values[row] as bigint), type.scale);
    case 'uuid':
      return uuidToText(BigInt.asUintN(128, wideAt(values, row)));
    case 'date':
      return (
        infinityToText(values[row] as number, 2_147_483_647) ?? dateToText(BigInt(values[row] as number))
      );
    case 'time':
      return timeToText(values[row] as bigint);
    case 'timestamp': {
      const micros = values[row] as bigint;
      const infinity = infinityToText(micros, 9_223_372_036_854_775_807n);
      return infinity ?? timestampToText(micros) + (type.zoned ? '+00:00' : '');
    }
    case 'array': {
      const [elements, length] = [toElements(vector), elementsOf(type)];
      const texts = Array.from({ length }, (_, i) => valueToText(elements, row * length + i));
      return `[${texts.join(', ')}]`;
    }
  }
}

/** The bytes of a text or bytes value; a view, not a copy. */
export function bytesAt(vector: Vector, row: number): Uint8Array {
  const offsets = vector.offsets as Int32Array;
  return (vector.values as Uint8Array).subarray(offsets[row], offsets[row + 1]);
}

function wideAt(values: Vector['values'], row: number): bigint {
  const words = values as BigInt64Array;
  return ((words[row * 2 + 1] as bigint) << 64n) + BigInt.asUintN(64, words[row * 2] as bigint);
}

function decimalToText(scaled: bigint, scale: number): string {
  if (scale === 0) return scaled.toString();
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function uuidToText(value: bigint): string {
  const hex = value.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The largest value and its negation stand for infinity, as in DuckDB and Postgres. */
function infinityToText<T extends number | bigint>(value: T, largest: T): string | null {
  if (value === largest) return 'infinity';
  return value <= -largest ? '-infinity' : null;
}

/** Days since 1970-01-01 to `YYYY-MM-DD` in the proleptic Gregorian calendar; astronomical year numbers below 1. */
function dateToText(days: bigint): string {
  // Howard Hinnant's civil_from_days, https://howardhinnant.github.io/date_algorithms.html#civil_from_days
  const z = days + 719_468n;
  const era = floorDiv(z, 146_097n);
  const dayOfEra = z - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthIndex = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthIndex + 2n) / 5n + 1n;
  const month = monthIndex < 10n ? monthIndex + 3n : monthIndex - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  const yearText = year < 0n ? `-${pad(-year, 4)}` : pad(year, 4);
  return `${yearText}-${pad(month, 2)}-${pad(day, 2)}`;
}

function timeToText(micros: bigint): string {
  const seconds = micros / 1_000_000n;
  const hms = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => pad(part, 2)).join(':');
  return `${hms}.${pad(micros % 1_000_000n, 6)}`;
}

function timestampToText(micros: bigint): string {
  const days = floorDiv(micros, MICROS_PER_DAY);
  return `${dateToText(days)} ${timeToText(micros - days * MICROS_PER_DAY)}`;
}

function floorDiv(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

function pad(value: bigint, width: number): string {
  return value.toString().padStart(width, '0');
}
