import { isUtf8 } from 'node:buffer';
import { type DuckDBAppender, DuckDBDataChunk } from '@duckdb/node-api';
import ddb, { type Vector as DuckVector } from '@duckdb/node-bindings';
import {
  assertInvariant,
  bytesAt,
  elementsOf,
  isValid,
  isVariable,
  type LoadColumn,
  type LoadPart,
  newValues,
  ScoringError,
  toElements,
  type Vector,
} from '../../src/contract/index.js';
import { toDuckValue } from './constant.js';
import { toLogicalType } from './transfer-type.js';
import { flipUuids } from './vectors.js';

/** Rows of one DuckDB data chunk. */
const CHUNK_ROWS = 2048;

/** Appends a part's rows, 2,048 at a time. */
export function appendPart(appender: DuckDBAppender, part: LoadPart): void {
  const types = part.columns.map(({ vector }) => toLogicalType(vector.type));
  const writers = part.columns.map(toWriter);
  for (let from = 0; from < part.rows; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, part.rows - from);
    const chunk = ddb.create_data_chunk(types);
    ddb.data_chunk_set_size(chunk, rows);
    for (let i = 0; i < writers.length; i++) writers[i]?.(ddb.data_chunk_get_vector(chunk, i), from, rows);
    appender.appendDataChunk(new DuckDBDataChunk(chunk));
  }
}

/** Bytes of the part's texts and arrays. */
export function wideBytesOf({ rows, columns }: LoadPart): number {
  const sizes = columns.map(({ kind, vector: { type, offsets } }) => {
    if (kind === 'constant') return 0;
    return type.kind === 'array' ? rows * newValues(type, 1).byteLength : (offsets?.[rows] ?? 0);
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

type Writer = (target: DuckVector, from: number, rows: number) => void;

function toWriter({ kind, vector }: LoadColumn): Writer {
  if (kind === 'constant') {
    const value = toDuckValue(vector);
    return (target) => ddb.vector_reference_value(target, value);
  }
  const writeValues = valuesWriter(vector);
  if (vector.validity === null) return writeValues;
  const validity = vector.validity;
  return (target, from, rows) => {
    writeValues(target, from, rows);
    writeValidity(target, validity, from, rows);
  };
}

function valuesWriter(vector: Vector): Writer {
  if (isVariable(vector.type)) return textWriter(vector);
  if (vector.type.kind !== 'array') return fixedWriter(vector);
  const [length, write] = [elementsOf(vector.type), fixedWriter(toElements(vector))];
  return (target, from, rows) => write(ddb.array_vector_get_child(target), from * length, rows * length);
}

function fixedWriter(vector: Vector): Writer {
  const values = vector.type.kind === 'uuid' ? flippedCopy(vector.values as BigInt64Array) : vector.values;
  const rowBytes = newValues(vector.type, 1).byteLength;
  // The binding copies without looking at the buffer's end.
  assertInvariant(values.byteLength >= vector.length * rowBytes, 'a vector is shorter than it says', 'stage');
  const buffer = values.buffer as ArrayBuffer;
  return (target, from, rows) =>
    ddb.copy_data_to_vector(target, 0, buffer, values.byteOffset + from * rowBytes, rows * rowBytes);
}

function flippedCopy(words: BigInt64Array): BigInt64Array {
  const copy = words.slice();
  flipUuids(copy);
  return copy;
}

function textWriter(vector: Vector): Writer {
  if (vector.type.kind === 'text') assertUtf8(vector);
  return (target, from, rows) => {
    for (let i = 0; i < rows; i++) {
      if (isValid(vector, from + i)) {
        ddb.vector_assign_string_element_len(target, i, bytesAt(vector, from + i));
      }
    }
  };
}

/** The binding takes bytes that are no UTF-8 for an empty text. */
function assertUtf8(vector: Vector): void {
  const [offsets, bytes] = [vector.offsets as Int32Array, vector.values as Uint8Array];
  let whole = isUtf8(bytes.subarray(offsets[0], offsets[vector.length]));
  // Two halves of a letter in two rows make a whole one between them.
  for (let row = 1; whole && row < vector.length; row++) {
    whole = ((bytes[offsets[row] as number] as number) & 0xc0) !== 0x80;
  }
  if (whole) return;
  for (let row = 0; row < vector.length; row++) {
    if (isValid(vector, row) && !isUtf8(bytesAt(vector, row))) {
      throw new ScoringError('a text is not UTF-8', { code: 'WAREHOUSE', stage: 'stage' });
    }
  }
}

/** `from` is a multiple of 2,048, so the bits start at a byte. */
function writeValidity(target: DuckVector, validity: Uint8Array, from: number, rows: number): void {
  const bytes = new Uint8Array(Math.ceil(rows / 64) * 8);
  bytes.set(validity.subarray(from / 8, from / 8 + Math.ceil(rows / 8)));
  ddb.vector_ensure_validity_writable(target);
  ddb.copy_data_to_vector_validity(target, 0, bytes.buffer, 0, bytes.byteLength);
}
