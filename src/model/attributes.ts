import { Fields } from './fields.js';
import type { OnnxNode } from './onnx.js';

/** Decodes the attributes of a node that somebody asks for. All give null where the node has no such attribute. */

/** An integer of up to 32 bits. */
export function readInt(node: OnnxNode, name: string): number | null {
  return decode(
    node,
    name,
    (fields, found: number | null) => (fields.number === 3 ? fields.int32() : found),
    null,
  );
}

/** Integers of up to 32 bits, such as places of columns. */
export function readInts(node: OnnxNode, name: string): readonly number[] | null {
  return decode(
    node,
    name,
    (fields, found: number[]) => {
      if (fields.number === 8) fields.int32s(found);
      return found;
    },
    [],
  );
}

/** Integers of 64 bits, as decimal text. */
export function readInt64Texts(node: OnnxNode, name: string): readonly string[] | null {
  return decode(
    node,
    name,
    (fields, found: string[]) => {
      if (fields.number === 8) fields.integers((value) => found.push(value.toString()));
      return found;
    },
    [],
  );
}

export function readFloats(node: OnnxNode, name: string): readonly number[] | null {
  return decode(
    node,
    name,
    (fields, found: number[]) => {
      if (fields.number === 7) fields.floats(found);
      return found;
    },
    [],
  );
}

export function readTexts(node: OnnxNode, name: string): readonly string[] | null {
  return decode(
    node,
    name,
    (fields, found: string[]) => {
      if (fields.number === 9) found.push(fields.prose());
      return found;
    },
    [],
  );
}

/** Texts as their bytes: names that stand in a list once per node of a tree are not worth a string each. */
export function readTextBytes(node: OnnxNode, name: string): readonly Uint8Array[] | null {
  return decode(
    node,
    name,
    (fields, found: Uint8Array[]) => {
      if (fields.number === 9) found.push(fields.bytes());
      return found;
    },
    [],
  );
}

export function readText(node: OnnxNode, name: string): string | null {
  return decode(
    node,
    name,
    (fields, found: string | null) => (fields.number === 4 ? fields.text() : found),
    null,
  );
}

/** The message of a tensor. */
export function readTensorMessage(node: OnnxNode, name: string): Uint8Array | null {
  return decode(
    node,
    name,
    (fields, found: Uint8Array | null) => (fields.number === 5 ? fields.bytes() : found),
    null,
  );
}

function decode<T>(
  { attributes }: OnnxNode,
  name: string,
  take: (fields: Fields, found: T) => T,
  empty: T,
): T | null {
  const message = attributes.get(name);
  if (message === undefined) return null;
  let found = empty;
  const fields = new Fields(message);
  while (fields.next()) found = take(fields, found);
  return found;
}
