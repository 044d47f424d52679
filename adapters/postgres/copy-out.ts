import type { Connection, Submittable } from 'pg';
import type { Batch, BufferPool, Column } from '../../src/contract/index.js';
import { BatchBuilder } from './batch.js';
import { endOfMessage, HEAD_BYTES, MessageCutter } from './messages.js';
import { type Tap, tap } from './socket.js';
import { TupleReader } from './tuple-reader.js';

const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
const ERROR_RESPONSE = 0x45;

/** The server sends 8 KB at a time; decoding costs a third less in chunks from about this size on. */
const SMALL_CHUNK_BYTES = 2 ** 15;
const REST_MS = 1;

/**
 * A `COPY … TO STDOUT (FORMAT binary)` whose rows are decoded where the socket has put them, past the driver's parser:
 * that one makes an object for every row (figures in NOTES.md). All messages but the rows still go to the driver.
 */
export class CopyOut implements Submittable {
  readonly #text: string;
  readonly #builder: BatchBuilder;
  readonly #tuples: TupleReader;
  readonly #ready: Batch[] = [];
  #connection: Connection | null = null;
  #tap: Tap | null = null;
  /** True while rows come. */
  #copying = false;
  #failure: { readonly error: unknown } | null = null;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(text: string, columns: readonly Column[], batchRows: number, buffers: BufferPool) {
    this.#text = text;
    this.#builder = new BatchBuilder(columns, batchRows, buffers, (batch) => this.#emit(batch));
    this.#tuples = new TupleReader(
      columns.map(({ type }) => type),
      this.#builder,
    );
  }

  /** True once the server is done with the statement, one way or the other. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next batch, null after the last one. One batch is read ahead. */
  async next(): Promise<Batch | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const batch = this.#ready.shift();
      if (batch !== undefined) {
        if (this.#ready.length === 0 && this.#copying) this.#connection?.stream.resume();
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
    const cutter = new MessageCutter((bytes, start) => this.#readMessages(bytes, start));
    this.#tap = tap(stream, (chunk) => this.#receive(cutter, chunk));
    this.#copying = true;
  }

  #receive(cutter: MessageCutter, chunk: Buffer): void {
    if (this.#failure !== null) return;
    try {
      cutter.push(chunk);
    } catch (error) {
      this.fail(error);
    }
    if (!this.#copying) return;
    if (this.#ready.length > 0) this.#connection?.stream.pause();
    else if (chunk.length < SMALL_CHUNK_BYTES) this.#rest();
  }

  /** Lets more bytes come in than a reader gets who takes them as soon as the server has sent some. */
  #rest(): void {
    const stream = this.#connection?.stream;
    stream?.pause();
    setTimeout(() => {
      if (this.#copying && this.#ready.length === 0) stream?.resume();
    }, REST_MS);
  }

  #readMessages(bytes: Buffer, start: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = start;
    while (this.#copying) {
      const end = endOfMessage(bytes, at);
      if (end === null) break;
      const type = bytes[at];
      if (type === COPY_DONE || type === ERROR_RESPONSE) this.#finish();
      else {
        if (type === COPY_DATA) this.#tuples.note(view, bytes, at + HEAD_BYTES, end);
        else this.#tap?.passOn(bytes.subarray(at, end));
        at = end;
      }
    }
    this.#tuples.flush(view, bytes);
    if (this.#copying) return at;
    // The end of the copy, and what follows it, are the driver's.
    this.#tap?.passOn(bytes.subarray(at));
    return bytes.length;
  }

  #finish(): void {
    this.#copying = false;
    this.#tap?.untap();
    this.#connection?.stream.resume();
  }

  #emit(batch: Batch): void {
    this.#ready.push(batch);
    this.#wake?.();
  }

  handleReadyForQuery(): void {
    this.#builder.end();
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

/** The driver's messages as it writes them; its types ask for more than it needs. */
interface ExtendedProtocol {
  parse(query: { readonly text: string }): void;
  bind(config: { readonly values: readonly [] }): void;
  execute(config: object): void;
}
