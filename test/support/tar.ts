const BLOCK = 512;

/** Where a header keeps what is needed of it. */
const NAME = { at: 0, length: 100 };
const SIZE = { at: 124, length: 12 };

/** A file of an archive. */
interface TarFile {
  /** Its path, with slashes. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** The files of a plain ustar archive, as `test/corpus/make.py` packs it. */
export function* readTar(archive: Uint8Array): Generator<TarFile> {
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.subarray(at, at + BLOCK);
    const size = Number.parseInt(readField(header, SIZE), 8);
    at += BLOCK;
    yield { path: readField(header, NAME), content: archive.subarray(at, at + size) };
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
}

function readField(header: Uint8Array, { at, length }: { at: number; length: number }): string {
  const text = Buffer.from(header.subarray(at, at + length)).toString('utf8');
  return text.split('\0')[0] ?? '';
}
