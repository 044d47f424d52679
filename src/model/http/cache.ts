import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ScoringError } from '../../contract/index.js';

/** What a file is called while it comes. */
const PART = '.part';

/** Where fetched models are kept, by what is in them: `models/<sha256>`, and `urls/` with what each address gave last. */
export function findCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: cache, HOME: home } = env;
  // A relative path is to be ignored, says the XDG specification.
  const base = cache !== undefined && isAbsolute(cache) ? cache : join(home || homedir(), '.cache');
  return join(base, 'scorehouse');
}

/** A model that is kept; null where it is not. One whose bytes are not those of its name is thrown away. */
export async function readKept(dir: string, sha256: string): Promise<Uint8Array | null> {
  const path = join(dir, 'models', sha256);
  const read = await readFile(path).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unusable(dir, cause);
  });
  if (read === null) return null;
  if (createHash('sha256').update(read).digest('hex') === sha256) {
    return new Uint8Array(read.buffer, read.byteOffset, read.length);
  }
  await rm(path, { force: true });
  return null;
}

/** A file that is to be kept, and has not come in full yet. Disposing deletes it unless `keep` was called. */
export interface Incoming extends AsyncDisposable {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Gives it its name, under which others see it, whole. */
  readonly keep: (sha256: string) => Promise<void>;
}

/**
 * Begins a file.
 *
 * @param maxAgeMs no file takes longer to come: older ones are of processes that were killed, and deleted
 */
export async function openIncoming(dir: string, maxAgeMs: number): Promise<Incoming> {
  const folder = join(dir, 'models');
  const path = join(folder, `${randomUUID()}${PART}`);
  const file = await wrap(dir, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeStale(folder, maxAgeMs);
    return open(path, 'wx', 0o600);
  });
  return {
    write: (bytes) => wrap(dir, () => file.writeFile(bytes)),
    keep: (sha256) =>
      wrap(dir, async () => {
        await file.close();
        await rename(path, join(folder, sha256));
      }),
    [Symbol.asyncDispose]: async () => {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** What an address gave last. */
export interface LastAnswer {
  readonly etag: string;
  readonly sha256: string;
}

/** What an address gave last, where that is known and still kept. */
export async function readLast(dir: string, url: string): Promise<LastAnswer | null> {
  const text = await readFile(pathOf(dir, url), 'utf8').catch(() => '');
  const match = /^([0-9a-f]{64}) (\S+)\n$/.exec(text);
  const [, sha256 = '', etag = ''] = match ?? [];
  const isKept = await stat(join(dir, 'models', sha256)).then(
    (found) => found.isFile(),
    () => false,
  );
  return isKept ? { sha256, etag } : null;
}

/** Remembers what an address gave. The address itself, which may hold a signature, is not written down. */
export async function writeLast(dir: string, url: string, { etag, sha256 }: LastAnswer): Promise<void> {
  const path = pathOf(dir, url);
  const made = `${path}.${randomUUID()}`;
  await wrap(dir, async () => {
    await mkdir(join(dir, 'urls'), { recursive: true, mode: 0o700 });
    await writeFile(made, `${sha256} ${etag}\n`, { mode: 0o600 });
    await rename(made, path);
  });
}

function pathOf(dir: string, url: string): string {
  return join(dir, 'urls', createHash('sha256').update(url).digest('hex'));
}

async function removeStale(folder: string, maxAgeMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > maxAgeMs) await rm(path, { force: true });
  }
}

async function wrap<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unusable(dir, cause);
  }
}

function unusable(dir: string, cause: unknown): ScoringError {
  const code = codeOf(cause);
  return new ScoringError(`cannot be kept in ${dir} (${code})`, {
    code: code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : 'ENVIRONMENT',
    stage: 'model',
    hint: 'Fetched models are kept there: make room or give this user the folder, or set XDG_CACHE_HOME.',
    cause,
  });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
