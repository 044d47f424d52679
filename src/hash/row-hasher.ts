import { isVariable, type Vector } from '../contract/index.js';
import { firstWordOf, SECOND_WORD, slotBytes, TILE_BYTES, TILE_ROWS, Tile } from './tile.js';
import { contentBytes, maxPieceBytes } from './write-value.js';

/** The set hashes of some rows, of their keys and of all their values: each an integer of 64 bits. */
export interface SetHashes {
  readonly keys: bigint;
  readonly values: bigint;
}

/** The set hashes of two sets together, of which no row is in both. */
export function addHashes(a: SetHashes, b: SetHashes): SetHashes {
  return { keys: a.keys ^ b.keys, values: a.values ^ b.values };
}

/** Hashes rows of vectors as README.md of this folder defines it. Keeps its memory for the next rows: one a thread. */
export class RowHasher {
  readonly #tile = new Tile();

  /** The set hashes of `rows` rows, whose values are those of `key` and then those of `rest`. */
  hashSets(rows: number, key: readonly Vector[], rest: readonly Vector[]): SetHashes {
    const keys = new Int32Array(2);
    const values = new Int32Array(2);
    this.#forEachTile(rows, [...key, ...rest], (from, count) => {
      for (const vector of key) this.#tile.append(vector, from);
      xorInto(keys, this.#tile.digest(), count);
      for (const vector of rest) this.#tile.append(vector, from);
      xorInto(values, this.#tile.digest(), count);
    });
    return {
      keys: toHash(keys[0] as number, keys[1] as number),
      values: toHash(values[0] as number, values[1] as number),
    };
  }

  /** The hash of each row over the columns. */
  hashRows(rows: number, columns: readonly Vector[]): BigUint64Array {
    const hashes = new BigUint64Array(rows);
    this.#forEachTile(rows, columns, (from, count) => {
      for (const vector of columns) this.#tile.append(vector, from);
      const words = this.#tile.digest();
      for (let row = 0; row < count; row++) {
        const at = firstWordOf(row);
        hashes[from + row] = toHash(words[at] as number, words[at + SECOND_WORD] as number);
      }
    });
    return hashes;
  }

  #forEachTile(rows: number, columns: readonly Vector[], work: (from: number, count: number) => void): void {
    const fixed = columns.reduce((sum, { type }) => sum + maxPieceBytes(type), 0);
    const variable = columns.filter(({ type }) => isVariable(type));
    for (let from = 0; from < rows; ) {
      const { count, stride } = planTile(from, rows, fixed, variable);
      this.#tile.begin(count, stride);
      work(from, count);
      from += count;
    }
  }
}

/** As many rows as fit a tile; at least one, however long its texts are. */
function planTile(from: number, rows: number, fixed: number, variable: readonly Vector[]) {
  let stride = slotBytes(fixed);
  const most = Math.min(rows - from, TILE_ROWS, Math.max(1, Math.floor(TILE_BYTES / stride)));
  if (variable.length === 0) return { count: most, stride };
  let count = 0;
  for (; count < most; count++) {
    let needed = fixed;
    for (const vector of variable) needed += contentBytes(vector, from + count);
    const wider = Math.max(stride, slotBytes(needed));
    if (count > 0 && (count + 1) * wider > TILE_BYTES) break;
    stride = wider;
  }
  return { count, stride };
}

function xorInto(hash: Int32Array, words: Int32Array, rows: number): void {
  let first = 0;
  let second = 0;
  for (let row = 0; row < rows; row++) {
    const at = firstWordOf(row);
    first ^= words[at] as number;
    second ^= words[at + SECOND_WORD] as number;
  }
  hash[0] = (hash[0] as number) ^ first;
  hash[1] = (hash[1] as number) ^ second;
}

/** md5 writes its words with the lowest byte first; a hash is the number that its first 16 hex digits write. */
function toHash(first: number, second: number): bigint {
  return (BigInt(swapBytes(first)) << 32n) | BigInt(swapBytes(second));
}

function swapBytes(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
