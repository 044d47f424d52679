import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';

/** A file that is compressed as it is written, by another thread. */
export class GzipFile {
  readonly #gzip: Gzip;
  readonly #written: Promise<void>;

  constructor(path: string) {
    this.#gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 });
    this.#written = pipeline(this.#gzip, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    this.#written.catch(() => undefined);
  }

  /** Resolves when the bytes have been taken and their memory may be used again. */
  async write(bytes: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      this.#gzip.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    // A disk that is full ends the pipe, and then nobody takes the bytes.
    await Promise.race([taken, this.#written]);
  }

  /** Resolves when everything is on disk. */
  async end(): Promise<void> {
    this.#gzip.end();
    await this.#written;
  }

  /** Gives the file up. */
  async abandon(): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined);
  }
}
