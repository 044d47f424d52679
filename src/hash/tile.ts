import type { Vector } from '../contract/index.js';
import { type Md5, newMd5 } from './md5.js';
import { appendPieces } from './write-value.js';

/** Most rows of a tile, and most bytes of their slots where there is more than one row: what the caches hold. */
export const TILE_ROWS = 512;
export const TILE_BYTES = 64 * 1024;

const LANES = 4;
const BLOCK_BYTES = 64;
/** Bytes of md5's padding: a bit behind the message, and the message's length in the last 8 bytes of its last block. */
const PADDING_BYTES = 9;
const PAGE_BYTES = 64 * 1024;

// Where things stand in the memory that md5 works on.
const DIGESTS_AT = 0;
const COUNTS_AT = TILE_ROWS * 8;
const SLOTS_AT = COUNTS_AT + TILE_ROWS * 4;

/** Bytes of a slot with room for a message of so many bytes. */
export function slotBytes(messageBytes: number): number {
  return ((messageBytes + PADDING_BYTES + BLOCK_BYTES - 1) & -BLOCK_BYTES) >>> 0;
}

/** The encodings of some rows, one a slot, while they grow column by column. */
export class Tile {
  readonly #md5: Md5 = newMd5();
  readonly #ends = new Int32Array(TILE_ROWS);
  #bytes = new Uint8Array(this.#md5.memory.buffer);
  #words = new Int32Array(this.#md5.memory.buffer);
  #rows = 0;
  #stride = 0;
  #padded = false;

  /** Begins `rows` empty encodings in slots of `stride` bytes. */
  begin(rows: number, stride: number): void {
    this.#rows = rows;
    this.#stride = stride;
    this.#padded = false;
    this.#reserve(SLOTS_AT + (rows === 1 ? 1 : Math.ceil(rows / LANES) * LANES) * stride);
    this.#bytes.fill(0, SLOTS_AT, SLOTS_AT + rows * stride);
    for (let row = 0; row < rows; row++) this.#ends[row] = SLOTS_AT + row * stride;
    this.#words.fill(0, COUNTS_AT / 4, SLOTS_AT / 4);
  }

  /** Appends a column's pieces, of the rows from `from` on. */
  append(vector: Vector, from: number): void {
    if (this.#padded) this.#unpad();
    appendPieces(this.#bytes, this.#ends, vector, from, this.#rows);
  }

  /**
   * Hashes the encodings as they are; columns may be appended afterwards.
   *
   * @returns each row's first two words of md5, by `firstWordOf`; valid until the next call
   */
  digest(): Int32Array {
    this.#pad();
    // One row alone is read by all lanes, so that a huge text needs no room four times over.
    const stride = this.#rows === 1 ? 0 : this.#stride;
    this.#md5.run(SLOTS_AT, stride, COUNTS_AT, Math.ceil(this.#rows / LANES), DIGESTS_AT);
    return this.#words;
  }

  #pad(): void {
    this.#padded = true;
    for (let row = 0; row < this.#rows; row++) {
      const end = this.#ends[row] as number;
      const slot = SLOTS_AT + row * this.#stride;
      const length = end - slot;
      const blocks = slotBytes(length) / BLOCK_BYTES;
      const last = (slot + blocks * BLOCK_BYTES) / 4;
      this.#bytes[end] = 0x80;
      this.#words[last - 2] = length << 3;
      this.#words[last - 1] = length >>> 29;
      this.#words[COUNTS_AT / 4 + row] = blocks;
    }
  }

  #unpad(): void {
    this.#padded = false;
    for (let row = 0; row < this.#rows; row++) {
      const end = this.#ends[row] as number;
      const slot = SLOTS_AT + row * this.#stride;
      const last = slot / 4 + (this.#words[COUNTS_AT / 4 + row] as number) * (BLOCK_BYTES / 4);
      this.#bytes[end] = 0;
      this.#words[last - 2] = 0;
      this.#words[last - 1] = 0;
    }
  }

  #reserve(bytes: number): void {
    const { memory } = this.#md5;
    const missing = bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
  }
}

/** How far behind the first word of a digest the second one stands. */
export const SECOND_WORD = LANES;

/** Where the first word of a row's digest stands. */
export function firstWordOf(row: number): number {
  return DIGESTS_AT / 4 + (row >> 2) * 2 * LANES + (row & 3);
}
