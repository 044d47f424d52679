import assert from 'node:assert/strict';
import {
  type ArrayType,
  bytesAt,
  type CanonicalType,
  type Dialect,
  isValid,
  isVariable,
  isWide,
  renderType,
  type Vector,
  valueToText,
} from '../../src/contract/index.js';
import { makeVector } from '../support/vectors.js';

/** A vector of canonical texts, null being NULL; the other way round than `valueToText`, and written apart from it. */
export function toVector(type: CanonicalType, texts: readonly (string | null)[]): Vector {
  if (type.kind === 'bytes') return toBytes(type, texts);
  assert.ok(type.kind !== 'array');
  return makeVector(
    type,
    texts.map((text) => (text === null ? null : toRaw(type, text))),
  );
}

/** The vector as it is read again where a column made of its type is known as another. */
export function toStored(dialect: Dialect, vector: Vector): Vector {
  const type = dialect.stored(vector.type);
  if (renderType(type) === renderType(vector.type)) return vector;
  const texts = Array.from({ length: vector.length }, (_, row) => {
    if (!isValid(vector, row)) return null;
    return Object.is(vector.values[row], -0) ? '-0' : valueToText(vector, row);
  });
  return toVector(type, texts);
}

/** A text or bytes vector of values as they are. */
export function toBytesVector(kind: 'text' | 'bytes', values: readonly (Uint8Array | null)[]): Vector {
  const offsets = new Int32Array(values.length + 1);
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    offsets[i + 1] = (offsets[i] as number) + (value?.length ?? 0);
    if (value !== null) validity[i >> 3] = (validity[i >> 3] as number) | (1 << (i & 7));
  });
  const bytes = Buffer.concat(values.map((value) => value ?? new Uint8Array(0)));
  return { type: { kind }, length: values.length, values: new Uint8Array(bytes), validity, offsets };
}

function toBytes(type: CanonicalType, texts: readonly (string | null)[]): Vector {
  const values = texts.map((text) => (text === null ? null : Buffer.from(text, 'hex')));
  return { ...toBytesVector('bytes', values), type };
}

function toRaw(type: Exclude<CanonicalType, ArrayType>, text: string): number | bigint | boolean | string {
  switch (type.kind) {
    case 'bool':
      return text === 'true';
    case 'int32':
    case 'float':
    case 'double':
      return Number(text);
    case 'int64':
      return BigInt(text);
    case 'decimal':
      return BigInt(text.replace('.', ''));
    case 'uuid':
      return BigInt.asIntN(128, BigInt(`0x${text.replaceAll('-', '')}`));
    case 'date':
      return toDays(text) ?? infinityOf(text, 2_147_483_647);
    case 'time':
      return toMicros(text);
    case 'timestamp':
      return toInstant(text);
    case 'text':
    case 'bytes':
      return text;
  }
}

function infinityOf(text: string, largest: number): number {
  return text === 'infinity' ? largest : -largest;
}

function toInstant(text: string): bigint {
  const [date = '', time = ''] = text.split(' ');
  const days = toDays(date);
  if (days === null) return text === 'infinity' ? 2n ** 63n - 1n : -(2n ** 63n - 1n);
  return BigInt(days) * 86_400_000_000n + toMicros(time.replace('+00:00', ''));
}

/** Days since 1970-01-01, by counting whole years and then the days of the year; null for an infinity. */
function toDays(text: string): number | null {
  const match = /^(-?\d+)-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const inYear = lengths.slice(0, month - 1).reduce((sum, length) => sum + length, day - 1);
  return before * 365 + leaps + inYear - 719_162;
}

function toMicros(text: string): bigint {
  const [hours = '', minutes = '', seconds = ''] = text.split(':');
  const [whole = '', fraction = ''] = seconds.split('.');
  return (
    (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(whole)) * 1_000_000n + BigInt(fraction || '0')
  );
}

/** True where two values are the same to the bit. */
export function sameValue(a: Vector, rowA: number, b: Vector, rowB: number): boolean {
  if (!isValid(a, rowA) || !isValid(b, rowB)) return isValid(a, rowA) === isValid(b, rowB);
  return Buffer.compare(bytesOf(a, rowA), bytesOf(b, rowB)) === 0;
}

function bytesOf(vector: Vector, row: number): Uint8Array {
  if (isVariable(vector.type)) return bytesAt(vector, row);
  const { values } = vector;
  const width = values.BYTES_PER_ELEMENT * (isWide(vector.type) ? 2 : 1);
  return new Uint8Array(values.buffer, values.byteOffset + row * width, width);
}

/** The bytes of a fixed-width value as hex, so that NaN, its payload and the sign of a zero are compared too. */
export function bitsAt(vector: Vector, row: number): string {
  return Buffer.from(bytesOf(vector, row)).toString('hex');
}
