import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BLOCK = 512;

/** Where a header keeps what is needed of it. */
const NAME = { at: 0, length: 100 };
const SIZE = { at: 124, length: 12 };

/** Writes the files of a plain ustar archive, as `test/corpus/make.py` packs it, into a folder. */
export function unpackTar(archive: Uint8Array, dir: string): void {
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.subarray(at, at + BLOCK);
    const size = Number.parseInt(readField(header, SIZE), 8);
    const file = join(dir, readField(header, NAME));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, archive.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function readField(header: Uint8Array, { at, length }: { at: number; length: number }): string {
  const text = Buffer.from(header.subarray(at, at + length)).toString('utf8');
  return text.split('\0')[0] ?? '';
}
