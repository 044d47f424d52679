import {
  type CanonicalType,
  isValid,
  isVariable,
  newValues,
  type Vector,
  valueToText,
} from '../contract/index.js';
import type { ExampleValue } from './value.js';

/** The values as a column. */
export function toVector(type: CanonicalType, values: readonly ExampleValue[]): Vector {
  const validity = values.includes(null) ? toBits(values) : null;
  const { length } = values;
  if (isVariable(type)) {
    const parts = values.map((value) => new TextEncoder().encode(value === null ? '' : String(value)));
    const offsets = new Int32Array(length + 1);
    for (const [i, part] of parts.entries()) offsets[i + 1] = (offsets[i] as number) + part.length;
    const bytes = new Uint8Array(offsets[length] as number);
    for (const [i, part] of parts.entries()) bytes.set(part, offsets[i]);
    return { type, length, values: bytes, validity, offsets };
  }
  const array = newValues(type, length);
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    array[i] = (array instanceof BigInt64Array ? BigInt(value) : Number(value)) as never;
  }
  return { type, length, values: array, validity };
}

function toBits(values: readonly ExampleValue[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries()) {
    if (value !== null) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  }
  return bits;
}

/** A row's value. */
export function readValue(vector: Vector, row: number): ExampleValue {
  if (!isValid(vector, row)) return null;
  const { type, values } = vector;
  switch (type.kind) {
    case 'text':
      return valueToText(vector, row);
    case 'bool':
      return values[row] === 1;
    default:
      return values[row] as number | bigint;
  }
}

/** A row's value in the shortest text that is read back as the same value; null where it is NULL. */
export function renderCell(vector: Vector, row: number): string | null {
  if (!isValid(vector, row)) return null;
  const { type, values } = vector;
  if (type.kind === 'float') return renderFloat(values[row] as number);
  return Object.is(values[row], -0) ? '-0' : valueToText(vector, row);
}

/** A value of that type as `renderCell` writes it. */
export function renderValue(value: ExampleValue, type: CanonicalType): string {
  return renderCell(toVector(type, [value]), 0) ?? 'NULL';
}

/** JavaScript writes the shortest text of a double; of a float32 it is up to nine digits. */
function renderFloat(value: number): string {
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 9 && Number.isFinite(value); digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number.isFinite(value) ? Number(value.toPrecision(9)) : value);
}
