import { newValidity, type Vector } from '../../contract/index.js';

/** The code of a row without a value. */
export const NO_VALUE = -1;

/** The texts that codes stand for. Each is encoded once, however many rows have it. */
export function toTexts(codes: Int32Array, texts: readonly string[]): Vector {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const offsets = new Int32Array(codes.length + 1);
  let end = 0;
  for (const [row, code] of codes.entries()) {
    end += encoded[code]?.length ?? 0;
    offsets[row + 1] = end;
  }
  const values = new Uint8Array(end);
  for (const [row, code] of codes.entries()) {
    const text = encoded[code];
    if (text !== undefined) values.set(text, offsets[row]);
  }
  const validity = validityOf(codes);
  return { type: { kind: 'text' }, length: codes.length, values, validity, offsets };
}

/** The integers that codes stand for; without any, the codes themselves. */
export function toIntegers(codes: Int32Array, integers: readonly bigint[] | null): Vector {
  const values = new BigInt64Array(codes.length);
  for (const [row, code] of codes.entries()) {
    if (code !== NO_VALUE) values[row] = integers === null ? BigInt(code) : (integers[code] as bigint);
  }
  return { type: { kind: 'int64' }, length: codes.length, values, validity: validityOf(codes) };
}

/** The codes 0 and 1 as booleans. */
export function toBooleans(codes: Int32Array): Vector {
  const values = Uint8Array.from(codes, (code) => (code === 1 ? 1 : 0));
  return { type: { kind: 'bool' }, length: codes.length, values, validity: validityOf(codes) };
}

function validityOf(codes: Int32Array): Uint8Array | null {
  return codes.includes(NO_VALUE) ? newValidity(codes.length, (row) => codes[row] !== NO_VALUE) : null;
}
