import { readFileSync } from 'node:fs';
import type { ArrayElement, ArrayType, CanonicalType, Column, Vector } from '../../src/contract/index.js';
import { renderHash } from '../../src/hash/text.js';
import { fixtureFile } from './fixtures.js';
import { makeArrays, makeVector } from './vectors.js';

/** A value as SQL takes it, its piece of an encoding, and the hash of a row that has it alone. */
export interface ValueCase {
  readonly type: string;
  readonly value: string | null;
  readonly piece: string;
  readonly hash: string;
}

/** Rows of the same columns, each with its hash. */
export interface RowCase {
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly hashes: readonly string[];
}

const VECTORS = JSON.parse(readFileSync(fixtureFile('hash', 'vectors.json'), 'utf8')) as {
  readonly values: readonly ValueCase[];
  readonly rows: readonly RowCase[];
};

/** The values of each type. */
export const VALUE_CASES: ReadonlyMap<string, readonly ValueCase[]> = new Map(
  VECTORS.values.map(({ type }) => [type, VECTORS.values.filter((other) => other.type === type)]),
);
export const ROW_CASES = VECTORS.rows;

/** What the hashes of rows come to for their set. */
export function combine(hashes: readonly string[]): string {
  return renderHash(hashes.reduce((all, hash) => all ^ BigInt(`0x${hash}`), 0n));
}

/** A column named by its place. */
export function columnOf(type: string, i: number): Column {
  return { name: `c${i}`, type: parseType(type), native: '' };
}

export function parseType(text: string): CanonicalType {
  const decimal = /^decimal\((\d+),(\d+)\)$/.exec(text);
  if (decimal !== null) return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const array = /^(\w+)\[(\d+)\]$/.exec(text);
  if (array !== null) return { kind: 'array', element: array[1] as ArrayElement, length: Number(array[2]) };
  if (text.startsWith('timestamp')) return { kind: 'timestamp', zoned: text === 'timestamptz' };
  return { kind: text } as CanonicalType;
}

/** The values as a chunk holds them. */
export function toVector(type: string, values: readonly (string | null)[]): Vector {
  const canonical = parseType(type);
  if (canonical.kind === 'bytes') return toBytesVector(values);
  if (canonical.kind === 'array') {
    const element = { kind: canonical.element };
    const rows = values.map(
      (value) =>
        value
          ?.slice(1, -1)
          .split(',')
          .map((each) => toRaw(element, each) as number) ?? null,
    );
    return makeArrays(canonical.element, canonical.length ?? 0, rows);
  }
  return makeVector(
    canonical,
    values.map((value) => (value === null ? null : toRaw(canonical, value))),
  );
}

function toRaw(type: Exclude<CanonicalType, ArrayType>, value: string): number | bigint | boolean | string {
  switch (type.kind) {
    case 'bool':
      return value === 'true';
    case 'text':
    case 'bytes':
      return value;
    case 'int32':
    case 'float':
    case 'double':
      return Number(value);
    case 'int64':
      return BigInt(value);
    case 'decimal':
      return BigInt(value.replace('.', ''));
    case 'uuid':
      return BigInt(`0x${value.replaceAll('-', '')}`);
    case 'date':
      return toInfinity(value, 2_147_483_647) ?? Date.parse(value) / 86_400_000;
    case 'time':
      return toMicros(`1970-01-01 ${value}+00:00`);
    case 'timestamp':
      return toInfinity(value, 9_223_372_036_854_775_807n) ?? toMicros(type.zoned ? value : `${value}+00:00`);
  }
}

function toInfinity<T extends number | bigint>(value: string, largest: T): T | null {
  if (!value.endsWith('infinity')) return null;
  return value.startsWith('-') ? (-largest as T) : largest;
}

/** Microseconds since 1970; JavaScript's own dates stop at milliseconds. */
function toMicros(text: string): bigint {
  const [, seconds = '', fraction = '', zone = ''] = /^(.*?:\d\d:\d\d)(?:\.(\d+))?(\+.*)$/.exec(text) ?? [];
  const millis = Date.parse(`${seconds.replace(' ', 'T')}${zone}`);
  return BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

function toBytesVector(values: readonly (string | null)[]): Vector {
  const parts = values.map((value) => Buffer.from(value ?? '', 'hex'));
  const latin = makeVector({ kind: 'text' }, values);
  const offsets = new Int32Array(values.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = (offsets[i] as number) + part.length;
  });
  return { ...latin, type: { kind: 'bytes' }, values: new Uint8Array(Buffer.concat(parts)), offsets };
}
