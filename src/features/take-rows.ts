import { bytesAt, isValid, isVariable, newValues, placesOf, type Vector } from '../contract/index.js';

/** Some rows of a vector, in the order of their numbers as given; a row may be among them twice. */
export function takeRows(vector: Vector, rows: ArrayLike<number>): Vector {
  const { length } = rows;
  const validity = vector.validity === null ? null : newBits(length);
  if (validity !== null) {
    for (let at = 0; at < length; at++) if (isValid(vector, rows[at] as number)) setBit(validity, at);
  }
  const fields = { type: vector.type, length, validity };
  if (isVariable(vector.type)) return { ...fields, ...takeBytes(vector, rows) };
  const width = placesOf(vector.type);
  const values = newValues(vector.type, length);
  for (let at = 0; at < length; at++) {
    const from = (rows[at] as number) * width;
    for (let i = 0; i < width; i++) values[at * width + i] = vector.values[from + i] as never;
  }
  return { ...fields, values };
}

/**
 * A vector of `length` rows that has the given one's rows at the places given, and NULL at all others.
 *
 * @param places ascending, one for each row of the vector
 */
export function spreadRows(vector: Vector, places: ArrayLike<number>, length: number): Vector {
  const validity = newBits(length);
  for (let row = 0; row < places.length; row++) {
    if (isValid(vector, row)) setBit(validity, places[row] as number);
  }
  const fields = { type: vector.type, length, validity };
  if (isVariable(vector.type)) {
    return { ...fields, values: vector.values, offsets: spreadOffsets(vector, places, length) };
  }
  const width = placesOf(vector.type);
  const values = newValues(vector.type, length);
  for (let row = 0; row < places.length; row++) {
    const to = (places[row] as number) * width;
    for (let i = 0; i < width; i++) values[to + i] = vector.values[row * width + i] as never;
  }
  return { ...fields, values };
}

/** The rows from 0 to `length` that are not among those given. */
export function restOf(length: number, rows: Iterable<number>): Int32Array {
  const without = new Set(rows);
  const rest = new Int32Array(length - without.size);
  let at = 0;
  for (let row = 0; row < length; row++) if (!without.has(row)) rest[at++] = row;
  return rest;
}

function takeBytes(vector: Vector, rows: ArrayLike<number>): Pick<Vector, 'values' | 'offsets'> {
  const offsets = new Int32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    offsets[at + 1] = (offsets[at] as number) + bytesAt(vector, rows[at] as number).length;
  }
  const values = new Uint8Array(offsets[rows.length] as number);
  for (let at = 0; at < rows.length; at++) {
    values.set(bytesAt(vector, rows[at] as number), offsets[at] as number);
  }
  return { values, offsets };
}

/** The texts stay where they are; a row between has none. */
function spreadOffsets(vector: Vector, places: ArrayLike<number>, length: number): Int32Array {
  const from = vector.offsets as Int32Array;
  const offsets = new Int32Array(length + 1);
  let row = 0;
  for (let at = 0; at < length; at++) {
    if (places[row] === at) row++;
    offsets[at + 1] = from[row] as number;
  }
  return offsets;
}

function newBits(length: number): Uint8Array {
  return new Uint8Array(Math.ceil(length / 8));
}

function setBit(bits: Uint8Array, row: number): void {
  bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
}
