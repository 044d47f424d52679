import {
  bytesAt,
  isValid,
  type LoadColumn,
  type LoadPart,
  ScoringError,
  type Vector,
} from '../../src/contract/index.js';
import { encodeConstant, type Field, type Target, toField } from './fields.js';
import { type RegularRows, toRegularRows } from './regular-rows.js';

/** Rows whose sizes are computed before the columns are written one by one. */
const WINDOW_ROWS = 1024;

/** Bytes that go to the socket together; a longer row goes by itself. */
const BUFFER_BYTES = 2 ** 18;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Signature, flags, and no extension. */
const HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** Writes tuples in COPY's binary form through two buffers: one is filled while the other goes to the socket. */
export class TupleWriter {
  readonly #send: (bytes: Buffer) => Promise<void>;
  readonly #names: readonly string[];
  readonly #sizes = new Int32Array(WINDOW_ROWS);
  readonly #cursors = new Int32Array(WINDOW_ROWS);
  #filling = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #spare = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used: number;
  #sending: Promise<void> = Promise.resolve();

  /** @param names of the columns, for errors */
  constructor(send: (bytes: Buffer) => Promise<void>, names: readonly string[] = []) {
    this.#send = send;
    this.#names = names;
    this.#used = HEADER.copy(this.#filling);
  }

  async write(part: LoadPart): Promise<void> {
    const regular = toRegularRows(part.columns, WINDOW_ROWS, BUFFER_BYTES);
    if (regular !== null) return this.#writeRegular(regular, part.rows);
    const fields = toFields(part.columns, this.#names);
    for (let row = 0; row < part.rows; row += WINDOW_ROWS) {
      await this.#writeRows(fields, row, Math.min(WINDOW_ROWS, part.rows - row));
    }
  }

  /** Sends what is left, and that no more will come. */
  async end(): Promise<void> {
    if (this.#filling.length - this.#used < TRAILER.length) await this.#flush();
    this.#used += TRAILER.copy(this.#filling, this.#used);
    await this.#flush();
    await this.#sending;
  }

  async #writeRegular(regular: RegularRows, rows: number): Promise<void> {
    const { windowRows } = regular;
    for (let from = 0; from < rows; from += windowRows) {
      const some = Math.min(windowRows, rows - from);
      await this.#makeRoom(some * regular.bytes);
      regular.write(this.#filling, this.#used, from, some);
      this.#used += some * regular.bytes;
    }
  }

  async #writeRows(fields: readonly Field[], from: number, rows: number): Promise<void> {
    const bytes = this.#measure(fields, from, rows);
    if (bytes > BUFFER_BYTES && rows > 1) {
      const half = rows >> 1;
      await this.#writeRows(fields, from, half);
      await this.#writeRows(fields, from + half, rows - half);
      return;
    }
    await this.#makeRoom(bytes);
    this.#place(rows);
    const { buffer } = this.#filling;
    const view = new DataView(buffer);
    const target: Target = { view, bytes: this.#filling, cursors: this.#cursors };
    for (const field of fields) field.write(target, from, rows);
    this.#used += bytes;
  }

  async #makeRoom(bytes: number): Promise<void> {
    if (bytes > this.#filling.length - this.#used) await this.#flush();
    if (bytes > this.#filling.length) this.#filling = Buffer.allocUnsafeSlow(bytes);
  }

  /** Fills in each row's size; returns their sum. */
  #measure(fields: readonly Field[], from: number, rows: number): number {
    const sizes = this.#sizes;
    sizes.fill(0, 0, rows);
    for (const field of fields) field.addSizes(sizes, from, rows);
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += sizes[i] as number;
    return sum;
  }

  /** Has each row begin where the one before it ends. */
  #place(rows: number): void {
    let at = this.#used;
    for (let i = 0; i < rows; i++) {
      this.#cursors[i] = at;
      at += this.#sizes[i] as number;
    }
  }

  /** Hands the filled buffer over, once the one before it has gone. */
  async #flush(): Promise<void> {
    await this.#sending;
    const filled = this.#filling;
    this.#sending = this.#send(filled.subarray(0, this.#used));
    // Awaited by the next flush; until then a failure must not count as unhandled.
    this.#sending.catch(() => undefined);
    this.#filling = this.#spare;
    this.#spare = filled.length === BUFFER_BYTES ? filled : Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#used = 0;
  }
}

/** A part's columns as the fields of its tuples, the count of fields first. Neighbouring constants are one. */
function toFields(columns: readonly LoadColumn[], names: readonly string[]): readonly Field[] {
  const count = Buffer.alloc(2);
  count.writeInt16BE(columns.length);
  const fields: Field[] = [];
  let constants: Buffer[] = [count];
  for (const [i, column] of columns.entries()) {
    if (column.kind === 'constant') {
      constants.push(encodeConstant(column.vector));
      continue;
    }
    assertStorable(column.vector, names[i] ?? String(i + 1));
    if (constants.length > 0) fields.push(new ConstantField(Buffer.concat(constants)));
    constants = [];
    fields.push(toField(column.vector));
  }
  return constants.length === 0 ? fields : [...fields, new ConstantField(Buffer.concat(constants))];
}

/** @throws WAREHOUSE for a text with a NUL byte, which no text of Postgres can hold; it names the column only */
function assertStorable(vector: Vector, name: string): void {
  const { type, length, offsets, values } = vector;
  if (type.kind !== 'text' || offsets === undefined) return;
  const all = (values as Uint8Array).subarray(offsets[0], offsets[length]);
  if (!all.includes(0)) return;
  for (let row = 0; row < length; row++) {
    if (!isValid(vector, row) || !bytesAt(vector, row).includes(0)) continue;
    throw new ScoringError(`column "${name}" has a text with a NUL byte, which Postgres cannot store`, {
      code: 'WAREHOUSE',
      stage: 'stage',
      details: { column: name },
      hint: 'Take NUL bytes out of the texts in the source query, or leave the column out.',
    });
  }
}

class ConstantField implements Field {
  readonly #constant: Buffer;

  constructor(constant: Buffer) {
    this.#constant = constant;
  }

  addSizes(sizes: Int32Array, _from: number, rows: number): void {
    const { length } = this.#constant;
    for (let i = 0; i < rows; i++) sizes[i] = (sizes[i] as number) + length;
  }

  write({ bytes, cursors }: Target, _from: number, rows: number): void {
    const constant = this.#constant;
    for (let i = 0; i < rows; i++) {
      const p = cursors[i] as number;
      for (let j = 0; j < constant.length; j++) bytes[p + j] = constant[j] as number;
      cursors[i] = p + constant.length;
    }
  }
}
