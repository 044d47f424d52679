import { type CanonicalType, ScoringError } from '../../src/contract/index.js';
import { type BatchBuilder, WINDOW_ROWS } from './batch.js';
import { LENGTH_BYTES, newSource, type Source, widthOf } from './binary.js';

/** Signature and flags that stand before the first tuple, and the length of what follows them. */
const COPY_HEADER_BYTES = 19;

/** Bytes of the count of fields that each tuple begins with. */
const COUNT_BYTES = 2;

/**
 * Reads tuples in COPY's binary form: the count of fields, then of each its length and its bytes. First it notes where
 * values stand, for a window of rows; then the builder decodes them, a column at a time.
 */
export class TupleReader {
  readonly #builder: BatchBuilder;
  /** Where each value stands: `WINDOW_ROWS` places a column. */
  readonly #positions: Int32Array;
  /** Where tuples stand that have all values at the same distance, while the window holds no other. */
  readonly #starts = new Int32Array(WINDOW_ROWS);
  readonly #layout: Layout | null;
  readonly #source: Source;
  #regular = true;
  #noted = 0;
  #headed = false;

  constructor(types: readonly CanonicalType[], builder: BatchBuilder) {
    this.#builder = builder;
    this.#positions = new Int32Array(types.length * WINDOW_ROWS);
    this.#layout = toLayout(types);
    this.#source = newSource(this.#positions);
  }

  /** Notes the tuples of one message, which must be followed by `flush` before the bytes change. */
  note(view: DataView, bytes: Uint8Array, start: number, end: number): void {
    let p = this.#headed ? start : this.#skipHeader(view, start);
    while (p < end) {
      const fields = view.getInt16(p);
      if (fields < 0) return;
      if (fields * WINDOW_ROWS !== this.#positions.length) throw protocolError();
      if (this.#regular && end - p === this.#layout?.bytes) {
        this.#starts[this.#noted] = p;
        p = end;
      } else {
        if (this.#regular) this.#spread();
        p = this.#noteFields(view, p + COUNT_BYTES);
        if (p > end) throw protocolError();
      }
      this.#noted++;
      const room = this.#builder.capacity - this.#builder.rows;
      if (this.#noted === WINDOW_ROWS || this.#noted >= room) this.flush(view, bytes);
    }
  }

  /** Decodes the rows noted. */
  flush(view: DataView, bytes: Uint8Array): void {
    if (this.#noted === 0) return;
    const source = this.#source;
    source.view = view;
    source.bytes = bytes;
    source.rows = this.#noted;
    if (this.#regular && this.#layout !== null) {
      this.#builder.appendRegular(source, this.#starts, this.#layout.offsets);
    } else this.#builder.append(source, this.#positions);
    this.#noted = 0;
    this.#regular = true;
  }

  #skipHeader(view: DataView, start: number): number {
    this.#headed = true;
    return start + COPY_HEADER_BYTES + view.getInt32(start + COPY_HEADER_BYTES - LENGTH_BYTES);
  }

  #noteFields(view: DataView, start: number): number {
    const positions = this.#positions;
    let p = start;
    for (let slot = this.#noted; slot < positions.length; slot += WINDOW_ROWS) {
      const length = view.getInt32(p);
      p += LENGTH_BYTES;
      if (length < 0) positions[slot] = -1;
      else {
        positions[slot] = p;
        p += length;
      }
    }
    return p;
  }

  /** Notes each value of the regular tuples so far: the next one is not. */
  #spread(): void {
    this.#regular = false;
    for (let row = 0; row < this.#noted; row++) {
      const start = this.#starts[row] as number;
      this.#layout?.offsets.forEach((offset, column) => {
        this.#positions[column * WINDOW_ROWS + row] = start + offset;
      });
    }
  }
}

/** Tuples without NULLs of fixed-width columns all have one length, and no other tuple has it. */
interface Layout {
  readonly bytes: number;
  /** Where each value begins, from the tuple's start. */
  readonly offsets: readonly number[];
}

function toLayout(types: readonly CanonicalType[]): Layout | null {
  const offsets: number[] = [];
  let bytes = COUNT_BYTES;
  for (const type of types) {
    const width = widthOf(type);
    if (width === null) return null;
    offsets.push(bytes + LENGTH_BYTES);
    bytes += LENGTH_BYTES + width;
  }
  return { bytes, offsets };
}

function protocolError(): ScoringError {
  return new ScoringError('the server sent rows of another form than asked for', {
    code: 'WAREHOUSE',
    stage: 'extract',
  });
}
