import { assertInvariant, isValid, type Vector } from '../contract/index.js';

type FloatArray = Float32Array | Float64Array;

/**
 * Writes rows `from` to `to` of a numeric vector into every `stride`-th place of a float tensor. Storing into a
 * Float32Array rounds to nearest once, as `Math.fround` does; 64-bit integers are rounded from their exact value.
 */
export function writeFloats(
  target: FloatArray,
  offset: number,
  stride: number,
  vector: Vector,
  from: number,
  to: number,
  nullValue: number,
): void {
  const read = toReader(vector, target instanceof Float32Array);
  let at = offset;
  if (vector.validity === null) {
    for (let row = from; row < to; row++, at += stride) target[at] = read(row);
    return;
  }
  for (let row = from; row < to; row++, at += stride)
    target[at] = isValid(vector, row) ? read(row) : nullValue;
}

function toReader(vector: Vector, single: boolean): (row: number) => number {
  const { type, values } = vector;
  switch (type.kind) {
    case 'float':
    case 'double':
    case 'int32':
    case 'bool': {
      const numbers = values as Float32Array;
      return (row) => numbers[row] as number;
    }
    case 'int64': {
      const integers = values as BigInt64Array;
      return single ? (row) => toFloat32(integers[row] as bigint) : (row) => Number(integers[row]);
    }
    case 'decimal': {
      const scaled = values as BigInt64Array;
      const divisor = 10 ** type.scale;
      assertInvariant(type.precision <= 18, 'a wide decimal reached a float tensor', 'features');
      return (row) => Number(scaled[row]) / divisor;
    }
    default:
      return assertNever(type.kind);
  }
}

function assertNever(kind: string): never {
  assertInvariant(false, `no cast of ${kind} to a float tensor`, 'features');
}

/** The float32 nearest to an integer, ties to even. Through a double alone it would be rounded twice. */
export function toFloat32(value: bigint): number {
  const double = Number(value);
  const single = Math.fround(double);
  if (Number.isSafeInteger(double) || single === double) return single;
  const other = 2 * double - single;
  if (Math.fround(other) !== other) return single;
  const exact = BigInt(double);
  if (value === exact) return single;
  return value > exact ? Math.max(single, other) : Math.min(single, other);
}
