import { once } from 'node:events';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import { type LoadPart, ScoringError, throwIfInterrupted, toInterrupted } from '../../src/contract/index.js';
import { cutOff, requestCancel } from './cancel.js';
import { CANCEL_GRACE_MS, untilAborted } from './connection.js';
import { postgresDialect } from './dialect.js';
import { type ErrorPlace, toCallError } from './errors.js';
import type { PgConnection } from './pool.js';
import { TupleWriter } from './tuples.js';

/** Where parts are loaded. */
export interface CopyTarget {
  /** The relation, quoted. */
  readonly relation: string;
  /** Names of the columns that parts give; all of the relation's where left out. */
  readonly columns: readonly string[] | undefined;
}

/** Loads parts through one COPY of the connection's transaction; returns the rows loaded. */
export async function copyParts(
  connection: PgConnection,
  target: CopyTarget,
  parts: AsyncIterable<LoadPart>,
  signal: AbortSignal,
  place: ErrorPlace,
): Promise<number> {
  throwIfInterrupted(signal, place.stage);
  const sink = new CopySink(connection.query(copyFrom(renderCopy(target))));
  let cancelled: Promise<void> | undefined;
  const stop = () => {
    sink.fail(toInterrupted(place.stage));
    cancelled = requestCancel(connection);
  };
  const iterator = parts[Symbol.asyncIterator]();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const writer = new TupleWriter((bytes) => sink.write(bytes), target.columns);
    let rows = 0;
    for (;;) {
      const { value: part, done } = await untilAborted(iterator.next(), signal);
      if (done === true) break;
      await writer.write(part);
      rows += part.rows;
    }
    await writer.end();
    await sink.end();
    return rows;
  } catch (error) {
    // Not awaited: what waits for its next part returns only then.
    iterator.return?.()?.catch(() => undefined);
    await endCopy(connection, sink);
    throw toCallError(error, signal, place);
  } finally {
    signal.removeEventListener('abort', stop);
    // A request that comes late would end the connection's next statement.
    await cancelled;
  }
}

/** Ends a COPY that failed; with its connection, where the server does not take note of it in time. */
async function endCopy(connection: PgConnection, sink: CopySink): Promise<void> {
  const grace = setTimeout(() => cutOff(connection), CANCEL_GRACE_MS);
  try {
    await sink.abort();
  } finally {
    clearTimeout(grace);
  }
}

function renderCopy({ relation, columns }: CopyTarget): string {
  const names =
    columns === undefined ? '' : ` (${columns.map((name) => postgresDialect.ident(name)).join(', ')})`;
  return `copy ${relation}${names} from stdin (format binary)`;
}

/** The driver's stream with an error that reaches whoever waits. */
class CopySink {
  readonly #stream: CopyStreamQuery;
  #failure: { readonly error: unknown } | null = null;
  /** True once the server has ended the COPY by an error of its own. */
  #refused = false;
  #reject: ((error: unknown) => void) | null = null;

  constructor(stream: CopyStreamQuery) {
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#refused = true;
      this.fail(error);
    });
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#reject?.(this.#failure.error);
  }

  /** Resolves when the bytes have gone and their memory may be used again. */
  async write(bytes: Buffer): Promise<void> {
    // What is shorter than the socket's own buffer may wait there after the call.
    const own = bytes.length > this.#stream.writableHighWaterMark ? bytes : Buffer.from(bytes);
    await this.#settle((resolve) => this.#stream.write(own, () => resolve()));
  }

  async end(): Promise<void> {
    await this.#settle((resolve) => this.#stream.end(() => resolve()));
  }

  /** Ends the COPY with an error, and waits for the server to have taken it. */
  async abort(): Promise<void> {
    if (this.#refused || this.#stream.closed) return;
    const closed = once(this.#stream, 'close').catch(() => undefined);
    this.#stream.destroy(new ScoringError('aborted', { code: 'INTERRUPTED', stage: 'stage' }));
    await closed;
  }

  async #settle(work: (resolve: () => void) => void): Promise<void> {
    if (this.#failure !== null) throw this.#failure.error;
    await new Promise<void>((resolve, reject) => {
      this.#reject = reject;
      work(resolve);
    });
  }
}
