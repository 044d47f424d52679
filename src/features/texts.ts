import { bytesAt, isValid, type Vector } from '../contract/index.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Rows `from` to `to` of a text vector as JavaScript strings. */
export function readTexts(vector: Vector, from: number, to: number, nullValue: string): string[] {
  const offsets = vector.offsets as Int32Array;
  const start = offsets[from] as number;
  const end = offsets[to] as number;
  const all = utf8.decode((vector.values as Uint8Array).subarray(start, end));
  // Where every character is one byte, slices of one decoded text are far cheaper than one decode a row.
  const plain = all.length === end - start;
  const texts = new Array<string>(to - from);
  for (let row = from; row < to; row++) {
    if (!isValid(vector, row)) texts[row - from] = nullValue;
    else if (plain)
      texts[row - from] = all.slice((offsets[row] as number) - start, (offsets[row + 1] as number) - start);
    else texts[row - from] = utf8.decode(bytesAt(vector, row));
  }
  return texts;
}

/** Strings as a text vector; null is NULL. */
export function toNullableTexts(texts: readonly (string | null)[]): Vector {
  const vector = toTextVector(texts.map((text) => text ?? ''));
  if (!texts.includes(null)) return vector;
  const validity = new Uint8Array(Math.ceil(texts.length / 8));
  texts.forEach((text, row) => {
    if (text !== null) validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
  });
  return { ...vector, validity };
}

/** Strings as a text vector. */
export function toTextVector(texts: readonly string[]): Vector {
  const offsets = new Int32Array(texts.length + 1);
  const bytes = new TextEncoder().encode(texts.join(''));
  let end = 0;
  for (let row = 0; row < texts.length; row++) {
    end += Buffer.byteLength(texts[row] as string);
    offsets[row + 1] = end;
  }
  return { type: { kind: 'text' }, length: texts.length, values: bytes, validity: null, offsets };
}
