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
  const { type, values, validity } = vector;
  switch (type.kind) {
    case 'float':
    case 'double':
    case 'int32':
    case 'bool':
      writePlain(target, offset, stride, values as Float32Array, from, to);
      break;
    case 'int64':
      writeIntegers(target, offset, stride, values as BigInt64Array, from, to);
      break;
    case 'decimal':
      assertInvariant(type.precision <= 18, 'a wide decimal reached a float tensor', 'features');
      writeDecimals(target, offset, stride, values as BigInt64Array, from, to, type.scale);
      break;
    default:
      assertInvariant(false, `no cast of ${type.kind} to a float tensor`, 'features');
  }
  if (validity === null) return;
  for (let row = from, at = offset; row < to; row++, at += stride) {
    if (!isValid(vector, row)) target[at] = nullValue;
  }
}

/** The loop of every model with float inputs: no call inside. */
function writePlain(
  target: FloatArray,
  offset: number,
  stride: number,
  values: Float32Array,
  from: number,
  to: number,
): void {
  for (let row = from, at = offset; row < to; row++, at += stride) target[at] = values[row] as number;
}

function writeIntegers(
  target: FloatArray,
  offset: number,
  stride: number,
  values: BigInt64Array,
  from: number,
  to: number,
): void {
  const toFloat = target instanceof Float32Array ? toFloat32 : Number;
  for (let row = from, at = offset; row < to; row++, at += stride)
    target[at] = toFloat(values[row] as bigint);
}

function writeDecimals(
  target: FloatArray,
  offset: number,
  stride: number,
  scaled: BigInt64Array,
  from: number,
  to: number,
  scale: number,
): void {
  const divisor = 10 ** scale;
  for (let row = from, at = offset; row < to; row++, at += stride) {
    const value = scaled[row] as bigint;
    const digits = Number(value);
    // Beyond 2^53 the digits would be rounded before the division, and the quotient once more.
    target[at] = Number.isSafeInteger(digits) ? digits / divisor : Number(`${value}e-${scale}`);
  }
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
