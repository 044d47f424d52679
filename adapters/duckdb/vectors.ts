import ddb, { type DataChunk } from '@duckdb/node-bindings';
import {
  type Batch,
  type BufferPool,
  type CanonicalType,
  isVariable,
  isWide,
  newValues,
  type Vector,
} from '../../src/contract/index.js';

/** Bytes of one `duckdb_string_t`: length, then the text itself or a pointer to it. */
const STRING_BYTES = 16;
const INLINE_BYTES = 12;
/** Room that a text column starts with. */
const FIRST_TEXT_BYTES = 2 ** 16;
const TOP_BIT = -(2n ** 63n);

/** Gathers DuckDB's data chunks of 2,048 rows or fewer into vectors of up to `capacity` rows. */
export class BatchBuilder {
  readonly capacity: number;
  #rows = 0;
  readonly #columns: ColumnBuilder[];

  constructor(types: readonly CanonicalType[], capacity: number, buffers: BufferPool) {
    this.capacity = capacity;
    this.#columns = types.map((type) => new ColumnBuilder(type, capacity, buffers));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Bytes of all texts gathered so far. */
  get textBytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.textBytes(this.#rows), 0);
  }

  /**
   * Copies rows from `from` on behind those gathered so far: `most` of them, or so many that their texts pass
   * `textBytes`. Returns how many.
   */
  append(chunk: DataChunk, chunkRows: number, from: number, most: number, textBytes: number): number {
    const columns = this.#columns.map((column, i) => ({
      column,
      ...readVector(chunk, i, chunkRows, column.rowBytes),
    }));
    const texts = columns.filter(({ column }) => isVariable(column.type));
    const count = texts.length === 0 ? most : countUpTo(textBytes, texts, from, most);
    for (const { column, data, validity } of columns) column.append(data, validity, from, count, this.#rows);
    this.#rows += count;
    return count;
  }

  /** The batch so far; the builder starts anew. */
  take(): Batch {
    const rows = this.#rows;
    this.#rows = 0;
    return { rows, columns: this.#columns.map((column) => column.take(rows)) };
  }
}

interface VectorBytes {
  readonly data: Uint8Array;
  readonly validity: Uint8Array | null;
}

function readVector(chunk: DataChunk, column: number, rows: number, rowBytes: number): VectorBytes {
  const vector = ddb.data_chunk_get_vector(chunk, column);
  return {
    data: ddb.vector_get_data(vector, rows * rowBytes),
    validity: ddb.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null,
  };
}

/** How many rows it takes until their texts have `bytes`; at least one, at most `most`. */
function countUpTo(bytes: number, texts: readonly VectorBytes[], from: number, most: number): number {
  const lengths = texts.map(({ data }) => new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4));
  let sum = 0;
  for (let i = 0; i < most; i++) {
    for (let column = 0; column < lengths.length; column++) {
      const { validity } = texts[column] as VectorBytes;
      if (validity === null || bitAt(validity, from + i)) {
        sum += (lengths[column] as Uint32Array)[((from + i) * STRING_BYTES) / 4] as number;
      }
    }
    if (sum >= bytes) return i + 1;
  }
  return most;
}

class ColumnBuilder {
  readonly type: CanonicalType;
  readonly capacity: number;
  readonly rowBytes: number;
  readonly #buffers: BufferPool;
  #bytes: Uint8Array;
  #validity: Uint8Array | null = null;
  #offsets: Int32Array | null;

  constructor(type: CanonicalType, capacity: number, buffers: BufferPool) {
    this.type = type;
    this.capacity = capacity;
    this.#buffers = buffers;
    const variable = isVariable(type);
    this.rowBytes = variable ? STRING_BYTES : newValues(type, 1).byteLength;
    this.#bytes = new Uint8Array(buffers.take(variable ? FIRST_TEXT_BYTES : this.rowBytes * capacity));
    this.#offsets = variable ? new Int32Array(capacity + 1) : null;
  }

  textBytes(rows: number): number {
    return this.#offsets?.[rows] ?? 0;
  }

  append(data: Uint8Array, validity: Uint8Array | null, from: number, count: number, at: number): void {
    if (validity !== null) this.#appendValidity(validity, from, count, at);
    else if (this.#validity !== null) setBits(this.#validity, at, count);
    if (this.#offsets !== null) this.#appendTexts(data, validity, from, count, at);
    else this.#bytes.set(this.#rowsOf(data, from, count), at * this.rowBytes);
  }

  #rowsOf(data: Uint8Array, from: number, count: number): Uint8Array {
    const [start, end] = [from * this.rowBytes, (from + count) * this.rowBytes];
    return start === 0 && end === data.byteLength ? data : data.subarray(start, end);
  }

  #appendValidity(validity: Uint8Array, from: number, count: number, at: number): void {
    if (this.#validity === null) {
      this.#validity = new Uint8Array(Math.ceil(this.capacity / 8));
      setBits(this.#validity, 0, at);
    }
    for (let i = 0; i < count; i++) {
      if (bitAt(validity, from + i)) setBits(this.#validity, at + i, 1);
    }
  }

  #appendTexts(data: Uint8Array, validity: Uint8Array | null, from: number, count: number, at: number): void {
    const offsets = this.#offsets as Int32Array;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let end = offsets[at] as number;
    for (let i = 0; i < count; i++) {
      const start = (from + i) * STRING_BYTES;
      if (validity === null || bitAt(validity, from + i)) {
        const length = view.getUint32(start, true);
        this.#reserve(end + length);
        this.#bytes.set(stringBytes(data, start, length), end);
        end += length;
      }
      offsets[at + i + 1] = end;
    }
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    // Powers of two, so that a pool finds the same sizes again.
    const grown = new Uint8Array(this.#buffers.take(2 ** Math.ceil(Math.log2(bytes))));
    grown.set(this.#bytes);
    this.#buffers.give([this.#bytes.buffer as ArrayBuffer]);
    this.#bytes = grown;
  }

  take(rows: number): Vector {
    const vector = this.#toVector(rows);
    this.#validity = null;
    this.#bytes = new Uint8Array(this.#buffers.take(this.#bytes.length));
    if (this.#offsets !== null) this.#offsets = new Int32Array(this.capacity + 1);
    return vector;
  }

  #toVector(rows: number): Vector {
    const { type } = this;
    const validity = this.#validity;
    if (this.#offsets !== null) {
      return {
        type,
        length: rows,
        values: this.#bytes,
        validity,
        offsets: this.#offsets.subarray(0, rows + 1),
      };
    }
    const values = viewOf(type, this.#bytes, rows);
    if (type.kind === 'uuid') flipUuids(values as BigInt64Array);
    return { type, length: rows, values, validity };
  }
}

/** The bytes as the type's own array. */
function viewOf(type: CanonicalType, bytes: Uint8Array, rows: number): Vector['values'] {
  const empty = newValues(type, 0);
  const length = isWide(type) ? rows * 2 : rows;
  const TypedArray = empty.constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => typeof empty;
  return new TypedArray(bytes.buffer, 0, length);
}

/** DuckDB keeps a UUID with its top bit flipped, so that signed order is text order; its own inverse. */
export function flipUuids(words: BigInt64Array): void {
  for (let i = 1; i < words.length; i += 2) words[i] = (words[i] as bigint) ^ TOP_BIT;
}

function stringBytes(data: Uint8Array, start: number, length: number): Uint8Array {
  if (length <= INLINE_BYTES) return data.subarray(start + 4, start + 4 + length);
  return ddb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + start + 8, length);
}

function bitAt(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] as number) & (1 << (index & 7))) !== 0;
}

function setBits(bits: Uint8Array, from: number, count: number): void {
  for (let i = from; i < from + count; i++) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
}
