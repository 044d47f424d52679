import {
  assertInvariant,
  type Batch,
  type BufferPool,
  type Column,
  isVariable,
  newValues,
  placesOf,
  type Vector,
  type VectorValues,
} from '../../src/contract/index.js';
import type { ArrowBatch, ArrowColumn } from './arrow.js';
import { copyValues } from './copy-values.js';
import type { Span } from './decimals.js';

/** Rows that a batch has room for at first; it grows up to what was asked for. */
const FIRST_ROWS = 65_536;

/** Bytes of texts at which a batch ends early. */
const MAX_TEXT_BYTES = 16 * 1024 ** 2;

/** Bytes that a column of texts has room for at first. */
const FIRST_TEXT_BYTES = 256 * 1024;

/** Gathers the rows of record batches into batches of one size. */
export class BatchBuilder {
  readonly #chunkRows: number;
  readonly #columns: readonly ColumnBuilder[];
  #rows = 0;

  constructor(columns: readonly Column[], chunkRows: number, buffers: BufferPool) {
    this.#chunkRows = chunkRows;
    this.#columns = columns.map((column) => new ColumnBuilder(column, chunkRows, buffers));
  }

  /** Cuts the rows into batches; those that do not fill one stay for the next call. */
  *append(arrow: ArrowBatch): Generator<Batch> {
    let from = 0;
    while (from < arrow.rows) {
      const span = { from, rows: this.#fitting(arrow, from), to: this.#rows };
      for (const column of this.#columns) column.append(arrow, span);
      this.#rows += span.rows;
      from += span.rows;
      if (this.#rows === this.#chunkRows || from < arrow.rows) yield this.take();
    }
  }

  /** The rows gathered so far, which may be none. */
  take(): Batch {
    const rows = this.#rows;
    this.#rows = 0;
    return { rows, columns: this.#columns.map((column) => column.take(rows)) };
  }

  get rows(): number {
    return this.#rows;
  }

  /** How many of the rows fit into this batch: always one where it is empty. */
  #fitting(arrow: ArrowBatch, from: number): number {
    let rows = Math.min(arrow.rows - from, this.#chunkRows - this.#rows);
    for (const column of this.#columns) rows = column.fitting(arrow, from, rows);
    return Math.max(rows, this.#rows === 0 ? 1 : 0);
  }
}

/** One column of a batch under construction. */
class ColumnBuilder {
  readonly #column: Column;
  readonly #chunkRows: number;
  readonly #buffers: BufferPool;
  #capacity = 0;
  #values: VectorValues;
  #validity: Uint8Array | null = null;
  #offsets: Int32Array | undefined;
  /** Bytes of the texts so far. */
  #used = 0;

  constructor(column: Column, chunkRows: number, buffers: BufferPool) {
    this.#column = column;
    this.#chunkRows = chunkRows;
    this.#buffers = buffers;
    this.#values = newValues(column.type, 0);
  }

  /** Of so many rows those whose texts still fit. */
  fitting(arrow: ArrowBatch, from: number, rows: number): number {
    if (!isVariable(this.#column.type)) return rows;
    const { offsets } = this.#find(arrow);
    const start = (offsets as Int32Array)[from] as number;
    const room = MAX_TEXT_BYTES - this.#used;
    let fit = rows;
    while (fit > 0 && ((offsets as Int32Array)[from + fit] as number) - start > room) fit >>= 1;
    return fit;
  }

  append(arrow: ArrowBatch, span: Span): void {
    const source = this.#find(arrow);
    this.#reserve(span.to + span.rows);
    if (isVariable(this.#column.type)) this.#appendTexts(source, span);
    else copyValues(source, this.#column.type, this.#values, span);
    this.#appendValidity(source.validity, span);
  }

  take(rows: number): Vector {
    const { type } = this.#column;
    const offsets = this.#offsets?.subarray(0, rows + 1);
    const vector: Vector = {
      type,
      length: rows,
      values: this.#values,
      validity: this.#validity,
      ...(isVariable(type) ? { offsets: offsets ?? new Int32Array(1) } : {}),
    };
    this.#capacity = 0;
    this.#values = newValues(type, 0);
    this.#validity = null;
    this.#offsets = undefined;
    this.#used = 0;
    return vector;
  }

  #find({ columns }: ArrowBatch): ArrowColumn {
    const found = columns.get(this.#column.name);
    assertInvariant(found !== undefined, `the read has no column "${this.#column.name}"`, 'extract');
    return found;
  }

  /** Room for so many rows in all. */
  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const { type } = this.#column;
    const first = Math.min(this.#chunkRows, FIRST_ROWS);
    const capacity = Math.min(this.#chunkRows, Math.max(rows, first, this.#capacity * 2));
    if (isVariable(type)) {
      const offsets = new Int32Array(this.#buffers.take((capacity + 1) * 4));
      if (this.#offsets === undefined) offsets[0] = 0;
      else offsets.set(this.#offsets);
      this.#release(this.#offsets);
      this.#offsets = offsets;
    } else {
      const bytes = newValues(type, 1).BYTES_PER_ELEMENT * placesOf(type) * capacity;
      this.#values = this.#grow(this.#values, bytes);
    }
    if (this.#validity !== null) this.#validity = this.#grow(this.#validity, (capacity + 7) >> 3);
    this.#capacity = capacity;
  }

  #grow<T extends VectorValues>(old: T, bytes: number): T {
    const fresh = new (old.constructor as new (buffer: ArrayBuffer) => T)(this.#buffers.take(bytes));
    fresh.set(old as never);
    this.#release(old);
    return fresh;
  }

  #release(old: VectorValues | undefined): void {
    if (old !== undefined && old.length > 0) this.#buffers.give([old.buffer as ArrayBuffer]);
  }

  #appendTexts({ values, offsets }: ArrowColumn, { from, rows, to }: Span): void {
    const source = offsets as Int32Array;
    const target = this.#offsets as Int32Array;
    const start = source[from] as number;
    const end = source[from + rows] as number;
    const needed = this.#used + end - start;
    if (needed > this.#values.length) {
      const bytes = Math.max(FIRST_TEXT_BYTES, needed, Math.min(this.#values.length * 2, MAX_TEXT_BYTES));
      this.#values = this.#grow(this.#values as Uint8Array, bytes);
    }
    (this.#values as Uint8Array).set((values as unknown as Uint8Array).subarray(start, end), this.#used);
    const shift = this.#used - start;
    for (let i = 1; i <= rows; i++) target[to + i] = (source[from + i] as number) + shift;
    this.#used = needed;
  }

  #appendValidity(source: Uint8Array | null, { from, rows, to }: Span): void {
    if (source === null && this.#validity === null) return;
    this.#validity ??= new Uint8Array(this.#buffers.take((this.#capacity + 7) >> 3)).fill(255);
    const bits = this.#validity;
    if (source !== null && ((from | to) & 7) === 0) {
      bits.set(source.subarray(from >> 3, (from + rows + 7) >> 3), to >> 3);
      return;
    }
    for (let i = 0; i < rows; i++) {
      const [row, at] = [from + i, to + i];
      const valid = source === null || ((source[row >> 3] as number) & (1 << (row & 7))) !== 0;
      const mask = 1 << (at & 7);
      bits[at >> 3] = valid ? (bits[at >> 3] as number) | mask : (bits[at >> 3] as number) & ~mask;
    }
  }
}
