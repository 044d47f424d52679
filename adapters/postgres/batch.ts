import {
  type Batch,
  type BufferPool,
  type CanonicalType,
  type Column,
  isVariable,
  isWide,
  newValues,
  type Vector,
} from '../../src/contract/index.js';
import { type ColumnMemory, newColumnMemory, type Source } from './binary.js';
import { type Decoder, decoderOf } from './decode.js';

/** Rows whose places are noted before the columns are decoded one by one: the places stay in the processor's cache. */
export const WINDOW_ROWS = 512;

/** Texts of a batch beyond which it closes, whatever its rows: wide rows must not take all memory. */
const MAX_TEXT_BYTES = 16 * 1024 ** 2;

/** Room that a text column starts with. */
const FIRST_TEXT_BYTES = 2 ** 16;

/** Up to so many bytes a loop is faster than the call that copies. */
const SHORT_BYTES = 64;

/** Gathers rows in the server's binary form into vectors of up to `capacity` rows, and gives each full batch away. */
export class BatchBuilder {
  readonly capacity: number;
  readonly #emit: (batch: Batch) => void;
  #rows = 0;
  readonly #columns: readonly ColumnBuilder[];

  constructor(
    columns: readonly Column[],
    capacity: number,
    buffers: BufferPool,
    emit: (batch: Batch) => void,
  ) {
    this.capacity = capacity;
    this.#emit = emit;
    this.#columns = columns.map((column) => new ColumnBuilder(column, capacity, buffers));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Decodes rows whose values stand at `positions`, `WINDOW_ROWS` places a column. */
  append(source: Source, positions: Int32Array): void {
    source.positions = positions;
    source.offset = 0;
    source.nullable = true;
    for (let i = 0; i < this.#columns.length; i++) {
      source.from = i * WINDOW_ROWS;
      this.#columns[i]?.append(source, this.#rows);
    }
    this.#add(source.rows);
  }

  /** Decodes rows without NULLs that begin at `starts`, each value at its column's offset. */
  appendRegular(source: Source, starts: Int32Array, offsets: readonly number[]): void {
    source.positions = starts;
    source.from = 0;
    source.nullable = false;
    for (let i = 0; i < this.#columns.length; i++) {
      source.offset = offsets[i] as number;
      this.#columns[i]?.append(source, this.#rows);
    }
    this.#add(source.rows);
  }

  /** Gives away the last batch. */
  end(): void {
    if (this.#rows > 0) this.#take();
  }

  #add(rows: number): void {
    this.#rows += rows;
    if (this.#rows >= this.capacity || this.#textBytes() >= MAX_TEXT_BYTES) this.#take();
  }

  #textBytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.textBytes(this.#rows), 0);
  }

  #take(): void {
    const rows = this.#rows;
    this.#rows = 0;
    this.#emit({ rows, columns: this.#columns.map((column) => column.take(rows)) });
  }
}

class ColumnBuilder {
  readonly #name: string;
  readonly #type: CanonicalType;
  readonly #capacity: number;
  readonly #buffers: BufferPool;
  readonly #decode: Decoder | null;
  readonly #startBytes: number;
  /** Taken with the first row: a batch that waits to be asked for takes nothing. */
  #memory: ColumnMemory | null = null;
  #validity: Uint8Array | null = null;
  #offsets: Int32Array | null = null;

  constructor({ name, type }: Column, capacity: number, buffers: BufferPool) {
    this.#name = name;
    this.#type = type;
    this.#capacity = capacity;
    this.#buffers = buffers;
    this.#decode = isVariable(type) ? null : decoderOf(type);
    this.#startBytes = isVariable(type) ? FIRST_TEXT_BYTES : newValues(type, 1).byteLength * capacity;
  }

  textBytes(rows: number): number {
    return this.#offsets?.[rows] ?? 0;
  }

  append(source: Source, at: number): void {
    this.#memory ??= newColumnMemory(this.#buffers.take(this.#startBytes));
    if (this.#decode === null) this.#appendTexts(source, this.#memory, at);
    else this.#decode(source, this.#memory, at, this.#name);
    this.#appendValidity(source, at);
  }

  #appendValidity({ positions, from, rows, nullable }: Source, at: number): void {
    let nulls = 0;
    if (nullable) for (let i = 0; i < rows; i++) nulls += (positions[from + i] as number) >>> 31;
    if (nulls === 0 && this.#validity === null) return;
    if (this.#validity === null) {
      this.#validity = new Uint8Array(Math.ceil(this.#capacity / 8));
      for (let i = 0; i < at; i++) setBit(this.#validity, i);
    }
    for (let i = 0; i < rows; i++) {
      if ((positions[from + i] as number) >= 0) setBit(this.#validity, at + i);
    }
  }

  #appendTexts({ view, bytes, positions, from, rows }: Source, memory: ColumnMemory, at: number): void {
    this.#offsets ??= new Int32Array(this.#capacity + 1);
    const offsets = this.#offsets;
    let end = offsets[at] as number;
    let out = memory.bytes;
    for (let i = 0; i < rows; i++) {
      const p = positions[from + i] as number;
      if (p >= 0) {
        const length = view.getInt32(p - 4);
        if (end + length > out.length) out = this.#grow(end + length, end);
        if (length <= SHORT_BYTES) for (let j = 0; j < length; j++) out[end + j] = bytes[p + j] as number;
        else out.set(new Uint8Array(bytes.buffer, bytes.byteOffset + p, length), end);
        end += length;
      }
      offsets[at + i + 1] = end;
    }
  }

  #grow(bytes: number, used: number): Uint8Array {
    const old = this.#memory as ColumnMemory;
    // Powers of two, so that a pool finds the same sizes again.
    this.#memory = newColumnMemory(this.#buffers.take(2 ** Math.ceil(Math.log2(bytes))));
    this.#memory.bytes.set(old.bytes.subarray(0, used));
    this.#buffers.give([old.buffer]);
    return this.#memory.bytes;
  }

  take(rows: number): Vector {
    const memory = this.#memory?.buffer ?? this.#buffers.take(this.#startBytes);
    const vector = toVector(this.#type, rows, memory, this.#validity);
    const offsets = this.#offsets ?? new Int32Array(1);
    this.#memory = null;
    this.#validity = null;
    this.#offsets = null;
    return isVariable(this.#type) ? { ...vector, offsets: offsets.subarray(0, rows + 1) } : vector;
  }
}

function toVector(
  type: CanonicalType,
  rows: number,
  memory: ArrayBuffer,
  validity: Uint8Array | null,
): Vector {
  const empty = newValues(type, 0);
  const length = isVariable(type) ? memory.byteLength : isWide(type) ? rows * 2 : rows;
  const TypedArray = empty.constructor as new (
    buffer: ArrayBuffer,
    offset: number,
    length: number,
  ) => typeof empty;
  return { type, length: rows, values: new TypedArray(memory, 0, length), validity };
}

function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7));
}
