import { join } from 'node:path';
import {
  assertInvariant,
  type LoadPart,
  ScoringError,
  throwIfInterrupted,
} from '../../src/contract/index.js';
import { ask } from './ask.js';
import { CsvWriter } from './csv.js';
import { GzipFile } from './gzip-file.js';
import { untilAborted } from './patience.js';
import type { CallOptions, SessionPool } from './pool.js';
import { RowReader } from './rows.js';
import type { Session } from './session.js';

/** Bytes of CSV in one file: several files let the virtual warehouse load with several of its threads. */
const FILE_BYTES = 64 * 1024 ** 2;

/** Files that are sent at the same time; more wait. */
const FILES_AT_ONCE = 4;

/** Writes rows into files of a folder, and puts each on the stage when it is full. */
export class Staging {
  /** Where on the stage the files are. */
  readonly path: string;
  readonly files: string[] = [];
  rows = 0;
  readonly #pool: SessionPool;
  readonly #session: Session;
  readonly #call: CallOptions;
  readonly #folder: string;
  readonly #sending = new Set<Promise<void>>();
  #file: GzipFile | null = null;
  #bytes = 0;

  constructor(pool: SessionPool, session: Session, call: CallOptions, folder: string, path: string) {
    this.#pool = pool;
    this.#session = session;
    this.#call = call;
    this.#folder = folder;
    this.path = path;
  }

  /** @throws what the parts throw, or why a file could not be put there; then nothing goes on behind the caller's back */
  async stage(parts: AsyncIterable<LoadPart>, width: number | null): Promise<void> {
    const { signal } = this.#call;
    throwIfInterrupted(signal, 'stage');
    const iterator = parts[Symbol.asyncIterator]();
    const writer = new CsvWriter();
    let columns = width;
    try {
      for (;;) {
        const { value: part, done } = await untilAborted(iterator.next(), signal);
        if (done === true) break;
        columns ??= part.columns.length;
        assertInvariant(
          part.columns.length === columns,
          'the parts of a load differ in their columns',
          'stage',
        );
        for (const block of writer.write(part)) await this.#write(block);
        this.rows += part.rows;
      }
      await this.#write(writer.take());
      await this.#finishFile();
      await Promise.all(this.#sending);
    } catch (error) {
      // Not awaited: what waits for its next part returns only then.
      iterator.return?.()?.catch(() => undefined);
      await this.#file?.abandon();
      await Promise.allSettled(this.#sending);
      throw error;
    }
  }

  async #write(block: Uint8Array): Promise<void> {
    if (block.length === 0) return;
    if (this.#file === null) {
      const name = `${this.files.length}.csv.gz`;
      this.files.push(name);
      this.#file = new GzipFile(join(this.#folder, name));
    }
    await this.#file.write(block);
    this.#bytes += block.length;
    if (this.#bytes >= FILE_BYTES) await this.#finishFile();
  }

  async #finishFile(): Promise<void> {
    const [file, name] = [this.#file, this.files.at(-1)];
    if (file === null || name === undefined) return;
    await file.end();
    this.#file = null;
    this.#bytes = 0;
    if (this.#sending.size >= FILES_AT_ONCE) await Promise.race(this.#sending);
    const sending = this.#put(name);
    this.#sending.add(sending);
    // One that fails stays, so that whoever waits for all is told.
    sending.then(
      () => this.#sending.delete(sending),
      () => undefined,
    );
  }

  async #put(name: string): Promise<void> {
    const local = join(this.#folder, name).replaceAll('\\', '/').replaceAll("'", "\\'");
    const sql = `put 'file://${local}' '${this.path}/' auto_compress = false source_compression = gzip overwrite = true`;
    const signal = this.#pool.signalOf(this.#call);
    const place = this.#pool.placeOf('stage', 'put');
    const statement = await untilAborted(ask(this.#pool, this.#session, { sql, signal }, place), signal);
    const status = (statement.getColumns() ?? []).findIndex((column) => column.getName() === 'status');
    using rows = new RowReader(statement);
    const row = await rows.next();
    if (row?.[status] === 'UPLOADED') return;
    throw new ScoringError(`put: a file could not be sent to the stage: ${String(row?.[status])}`, {
      code: 'CONNECTION',
      stage: 'stage',
      retryable: true,
    });
  }
}
