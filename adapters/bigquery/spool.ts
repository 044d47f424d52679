import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A file that only this process reads, and that goes with its block. */
export class Spool implements AsyncDisposable {
  readonly #dir: string;
  readonly #file: FileHandle;

  private constructor(dir: string, file: FileHandle) {
    this.#dir = dir;
    this.#file = file;
  }

  static async make(): Promise<Spool> {
    const dir = await mkdtemp(join(tmpdir(), 'scorehouse-load-'));
    try {
      return new Spool(dir, await open(join(dir, 'rows.parquet'), 'wx+', 0o600));
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Resolves when the bytes are in the file, and their memory may be used again. */
  async write(bytes: Buffer): Promise<void> {
    await this.#file.writeFile(bytes);
  }

  /** The whole file, from its start, as often as it is asked for. */
  read(): Readable {
    return createReadStream('', { fd: this.#file, start: 0, autoClose: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
