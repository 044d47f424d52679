import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, statfsSync, writevSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CanonicalType,
  isVariable,
  newValues,
  placesOf,
  ScoringError,
  type Vector,
} from '../contract/index.js';

/** Where Linux keeps files in memory. */
const SHARED_MEMORY = '/dev/shm';
/** Less than this free there, as in a container with its default of 64 MB, and chunks go to the temporary folder. */
const MIN_FREE_BYTES = 256 * 1024 ** 2;
/** Slots are this far apart: the file is sparse, and only what a chunk takes of its slot is ever stored. */
const SLOT_BYTES = 2 ** 36;
/** Typed arrays begin at multiples of this. */
const ALIGNMENT = 8;

/** Where a vector's arrays lie in its slot, in bytes. */
export interface PackedVector {
  readonly type: CanonicalType;
  readonly length: number;
  readonly valuesAt: number;
  readonly valuesBytes: number;
  readonly validityAt: number | null;
  readonly offsetsAt: number | null;
}

/** Vectors that lie in a slot, end to end. */
export interface PackedVectors {
  readonly bytes: number;
  readonly vectors: readonly PackedVector[];
}

/**
 * Makes the file that a worker process and its parent hand columns to each other in: it has no name any more, so it is
 * gone with the last of the two. A message between processes would copy the same columns four times slower.
 *
 * @returns its descriptor
 */
export function openChunkFile(): number {
  const file = join(findFolder(), `scorehouse-${randomUUID()}`);
  const fd = openSync(file, 'wx+', 0o600);
  try {
    rmSync(file);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

function findFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    return bavail * bsize >= MIN_FREE_BYTES ? SHARED_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Writes vectors into a slot, over what was there. */
export function writeVectors(fd: number, slot: number, vectors: readonly Vector[]): PackedVectors {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const add = (array: ArrayBufferView): number => {
    const at = bytes;
    const padding = -array.byteLength & (ALIGNMENT - 1);
    pieces.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    if (padding > 0) pieces.push(new Uint8Array(padding));
    bytes += array.byteLength + padding;
    return at;
  };
  const packed = vectors.map((vector): PackedVector => {
    const { type, length, validity, offsets } = vector;
    const values = usedValues(vector);
    return {
      type,
      length,
      valuesAt: add(values),
      valuesBytes: values.byteLength,
      validityAt: validity === null ? null : add(validity.subarray(0, Math.ceil(length / 8))),
      offsetsAt: offsets === undefined ? null : add(offsets.subarray(0, length + 1)),
    };
  });
  const written = bytes === 0 ? 0 : writevSync(fd, pieces, slot * SLOT_BYTES);
  if (written !== bytes) throw tooLarge(bytes);
  return { bytes, vectors: packed };
}

/** The values of the vector's rows, without the room behind them. */
function usedValues({ type, length, values, offsets }: Vector): Vector['values'] {
  if (isVariable(type)) return values.subarray(0, offsets?.[length] ?? 0);
  return values.subarray(0, length * placesOf(type));
}

/**
 * Reads a slot's vectors.
 *
 * @param buffer at least `packed.bytes` long; the vectors are views of it
 */
export function readVectors(
  fd: number,
  slot: number,
  packed: PackedVectors,
  buffer: ArrayBuffer,
): readonly Vector[] {
  const { bytes } = packed;
  const read = bytes === 0 ? 0 : readSync(fd, new Uint8Array(buffer), 0, bytes, slot * SLOT_BYTES);
  if (read !== bytes) throw tooLarge(bytes);
  return packed.vectors.map(({ type, length, valuesAt, valuesBytes, validityAt, offsetsAt }): Vector => {
    const like = newValues(type, 0);
    const View = like.constructor as new (buffer: ArrayBuffer, at: number, length: number) => typeof like;
    return {
      type,
      length,
      values: new View(buffer, valuesAt, valuesBytes / like.BYTES_PER_ELEMENT),
      validity: validityAt === null ? null : new Uint8Array(buffer, validityAt, Math.ceil(length / 8)),
      ...(offsetsAt === null ? {} : { offsets: new Int32Array(buffer, offsetsAt, length + 1) }),
    };
  });
}

function tooLarge(bytes: number): ScoringError {
  return new ScoringError(`a chunk of ${bytes} bytes did not fit the memory that workers share`, {
    code: 'ENVIRONMENT',
    stage: 'score',
    details: { bytes },
    hint: `Make resources.chunk_rows smaller, or give ${SHARED_MEMORY} or the temporary folder more room.`,
  });
}
