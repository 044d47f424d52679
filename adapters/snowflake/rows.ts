import type { Readable } from 'node:stream';
import type { RowStatement } from 'snowflake-sdk';

/** A cell as the driver gives it: text mostly, since it is asked for that. */
export type Cell = string | boolean | Buffer | null;

/** A row in the order of the statement's columns. */
export type Row = readonly Cell[];

/** Rows of a statement as they come. Destroying it lets go of what is still to come. */
export class RowReader implements Disposable {
  readonly #stream: Readable;
  #wake: () => void = () => undefined;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(statement: RowStatement) {
    const stream = statement.streamRows();
    const wake = () => this.#wake();
    stream.on('readable', wake);
    stream.on('end', () => {
      this.#ended = true;
      wake();
    });
    stream.on('error', (error) => this.fail(error));
    this.#stream = stream;
  }

  /** Has whoever waits for rows fail. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** The next row; null at the end, and only there. */
  async next(): Promise<Row | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      const row: Row | null = this.#stream.read();
      if (row !== null || this.#ended) return row;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** A row that is here already; null where the next has to be waited for. */
  peek(): Row | null {
    return this.#failure === null ? this.#stream.read() : null;
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}
