import type { Connection, Submittable } from 'pg';
import { type Batch, ScoringError } from '../../src/contract/index.js';
import { type BatchBuilder, WINDOW_ROWS } from './batch.js';

/** Bytes of a protocol message before its content: its type and its length, which counts itself. */
const HEAD_BYTES = 5;
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
const ERROR_RESPONSE = 0x45;

/** Signature and flags that stand before the first tuple, and the length of what follows them. */
const COPY_HEADER_BYTES = 19;

type DataListener = (chunk: Buffer) => void;

/**
 * A `COPY … TO STDOUT (FORMAT binary)` whose rows are decoded from the socket's own chunks, past the driver's parser:
 * that one makes an object for every row (figures in NOTES.md). All messages but the rows still go to the driver.
 */
export class CopyOut implements Submittable {
  readonly #text: string;
  readonly #builder: BatchBuilder;
  readonly #positions: Int32Array;
  readonly #ready: Batch[] = [];
  /** Rows whose values are noted in `#positions`. */
  #noted = 0;
  #headed = false;
  /** The message that the last chunk did not end, and how long it is. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #needed = 0;
  #connection: Connection | null = null;
  /** The driver's own reader of the socket. */
  #driver: DataListener = () => undefined;
  /** True while the socket is read here. */
  #attached = false;
  #failure: { readonly error: unknown } | null = null;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(text: string, builder: BatchBuilder) {
    this.#text = text;
    this.#builder = builder;
    this.#positions = new Int32Array(builder.width * WINDOW_ROWS);
  }

  /** True once the server is done with the statement, one way or the other. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next batch, null after the last one. */
  async next(): Promise<Batch | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const batch = this.#ready.shift();
      if (batch !== undefined) {
        if (this.#ready.length === 0 && this.#attached) this.#connection?.stream.resume();
        return batch;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Has `next` throw; the connection is left in the middle of the copy. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    this.#connection = connection;
    // The extended protocol takes one statement only, whatever a query in parentheses holds.
    const { parse, bind, execute } = connection as unknown as ExtendedProtocol;
    stream.cork();
    parse.call(connection, { text: this.#text });
    bind.call(connection, { values: [] });
    execute.call(connection, {});
    connection.sync();
    stream.uncork();
    this.#driver = stream.listeners('data')[0] as DataListener;
    stream.removeListener('data', this.#driver);
    stream.on('data', this.#onData);
    this.#attached = true;
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#failure !== null) return;
    try {
      const start = this.#completeMessage(chunk);
      const end = this.#readMessages(chunk, start);
      if (end < chunk.length) this.#keep(chunk.subarray(end));
      if (this.#ready.length > 0 && this.#attached) this.#connection?.stream.pause();
    } catch (error) {
      this.fail(error);
    }
  };

  #keep(part: Buffer): void {
    this.#parts = [part];
    this.#partBytes = part.length;
    this.#needed = part.length < HEAD_BYTES ? HEAD_BYTES : 1 + part.readUInt32BE(1);
  }

  /** Ends the message that an earlier chunk began; returns how much of the chunk that took. */
  #completeMessage(chunk: Buffer): number {
    let used = 0;
    while (this.#partBytes > 0 && used < chunk.length) {
      const part = chunk.subarray(used, used + this.#needed - this.#partBytes);
      used += part.length;
      this.#parts.push(part);
      this.#partBytes += part.length;
      if (this.#partBytes < this.#needed) break;
      const message = Buffer.concat(this.#parts);
      this.#keep(message);
      if (this.#partBytes < this.#needed) continue;
      this.#partBytes = 0;
      this.#readMessages(message, 0);
      if (!this.#attached) {
        this.#driver(chunk.subarray(used));
        return chunk.length;
      }
    }
    return used;
  }

  /** Reads the whole messages from `start` on; returns where the first incomplete one begins. */
  #readMessages(bytes: Buffer, start: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = start;
    while (at + HEAD_BYTES <= bytes.length) {
      const next = at + 1 + view.getUint32(at + 1);
      if (next > bytes.length) break;
      const type = bytes[at];
      if (type === COPY_DATA) this.#noteTuples(view, bytes, at + HEAD_BYTES, next);
      else if (type === COPY_DONE || type === ERROR_RESPONSE) {
        this.#flush(view, bytes);
        this.#detach();
        this.#driver(bytes.subarray(at));
        return bytes.length;
      } else this.#driver(bytes.subarray(at, next));
      at = next;
    }
    this.#flush(view, bytes);
    return at;
  }

  /** Notes where the values of a message's tuples stand: each has the count of its fields, then length and bytes. */
  #noteTuples(view: DataView, bytes: Buffer, start: number, end: number): void {
    const positions = this.#positions;
    let p = start;
    if (!this.#headed) {
      p += COPY_HEADER_BYTES + view.getInt32(p + COPY_HEADER_BYTES - 4);
      this.#headed = true;
    }
    while (p < end) {
      const fields = view.getInt16(p);
      p += 2;
      if (fields < 0) return;
      if (fields !== this.#builder.width) throw protocolError();
      for (let slot = this.#noted; slot < positions.length; slot += WINDOW_ROWS) {
        const length = view.getInt32(p);
        p += 4;
        if (length < 0) positions[slot] = -1;
        else {
          positions[slot] = p;
          p += length;
        }
      }
      if (p > end) throw protocolError();
      this.#noted++;
      const room = this.#builder.capacity - this.#builder.rows;
      if (this.#noted === WINDOW_ROWS || this.#noted >= room) this.#flush(view, bytes);
    }
  }

  /** Decodes the rows noted; their places are good for these bytes only. */
  #flush(view: DataView, bytes: Buffer): void {
    if (this.#noted === 0) return;
    this.#builder.append(view, bytes, this.#positions, this.#noted);
    this.#noted = 0;
    if (this.#builder.full) this.#emit();
  }

  #emit(): void {
    this.#ready.push(this.#builder.take());
    this.#wake?.();
  }

  /** Gives the socket back to the driver. */
  #detach(): void {
    const stream = this.#connection?.stream;
    stream?.removeListener('data', this.#onData);
    stream?.on('data', this.#driver);
    stream?.resume();
    this.#attached = false;
  }

  handleReadyForQuery(): void {
    if (this.#builder.rows > 0) this.#emit();
    this.#ended = true;
    this.#wake?.();
  }

  handleError(error: unknown): void {
    this.#ended = true;
    this.fail(error);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}

/** The messages as the driver writes them; its types ask for more than it needs. */
interface ExtendedProtocol {
  parse(query: { readonly text: string }): void;
  bind(config: { readonly values: readonly [] }): void;
  execute(config: object): void;
}

function protocolError(): ScoringError {
  return new ScoringError('the server sent rows of another form than asked for', {
    code: 'WAREHOUSE',
    stage: 'extract',
  });
}
