import {
  type ArrayElement,
  type CanonicalType,
  isVariable,
  isWide,
  newValues,
  type Vector,
} from '../../src/contract/index.js';

/** A value as a vector's array holds it: a bigint of both words for wide types, text for variable ones. */
type Raw = number | bigint | boolean | string | null;

/** A vector of the values; null is NULL. */
export function makeVector(type: CanonicalType, values: readonly Raw[]): Vector {
  const validity = values.includes(null) ? new Uint8Array(Math.ceil(values.length / 8)) : null;
  if (validity !== null) {
    values.forEach((value, i) => {
      if (value !== null) validity[i >> 3] = (validity[i >> 3] as number) | (1 << (i & 7));
    });
  }
  if (isVariable(type)) return { type, length: values.length, validity, ...layTexts(values) };
  const array = newValues(type, values.length);
  values.forEach((value, i) => {
    if (value === null) return;
    if (isWide(type)) {
      (array as BigInt64Array).set(
        [BigInt.asIntN(64, BigInt(value)), BigInt.asIntN(64, BigInt(value) >> 64n)],
        i * 2,
      );
    } else if (array instanceof BigInt64Array) array[i] = BigInt(value);
    else array[i] = Number(value);
  });
  return { type, length: values.length, values: array, validity };
}

function layTexts(values: readonly Raw[]): { values: Uint8Array; offsets: Int32Array } {
  const parts = values.map((value) => Buffer.from(value === null ? '' : String(value)));
  const offsets = new Int32Array(values.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = (offsets[i] as number) + part.length;
  });
  return { values: new Uint8Array(Buffer.concat(parts)), offsets };
}

/** A vector of arrays of `length` elements; null is NULL. */
export function makeArrays(
  element: ArrayElement,
  length: number,
  rows: readonly (readonly (number | bigint | boolean)[] | null)[],
): Vector {
  const { values } = makeVector(
    { kind: element },
    rows.flatMap((row) => row ?? new Array<number>(length).fill(0)),
  );
  const { validity } = makeVector(
    { kind: 'bool' },
    rows.map((row) => (row === null ? null : true)),
  );
  return { type: { kind: 'array', element, length }, length: rows.length, values, validity };
}
