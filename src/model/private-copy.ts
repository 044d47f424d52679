import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ScoringError } from '../contract/index.js';
import type { ExternalFile } from './external-data.js';

/** Bytes that are read and written at a time. */
const BLOCK_BYTES = 4 * 1024 ** 2;

/** What the folders' names begin with; the machine and the process follow. */
const PREFIX = 'scorehouse-model-';

/** A file of a model. */
export interface ModelFile {
  /** Relative to the model's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A model and its files in a folder that nobody else may look into. Disposing deletes it. */
export interface PrivateCopy extends AsyncDisposable {
  /** Of the model in it. */
  readonly path: string;
  /** The files beside the model, hashed as they were copied. */
  readonly files: readonly ModelFile[];
}

/**
 * Copies a model and the files that it refers to, so that what is opened is what was looked at and hashed, whatever
 * becomes of the originals.
 *
 * @throws MODEL_INVALID where a file changes meanwhile, ENVIRONMENT where the copy cannot be made
 */
export async function copyPrivately(model: Uint8Array, files: readonly ExternalFile[]): Promise<PrivateCopy> {
  // Mode 0700; the real path, as onnxruntime refuses files behind links.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${PREFIX}${hostname()}-${process.pid}-`)));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const copied: ModelFile[] = [];
    for (const file of files) copied.push(await copyFile(file, folder));
    // A name that no file of the model has.
    const path = join(folder, `${randomUUID()}.onnx`);
    await writeFile(path, model, { mode: 0o600 });
    return { path, files: copied, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw toCopyError(error);
  }
}

async function copyFile({ location, bytes, handle }: ExternalFile, folder: string): Promise<ModelFile> {
  const path = join(folder, ...location.split('/'));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, bytes + 1));
  let at = 0;
  const copy = await open(path, 'wx', 0o600);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, block.length, at);
      if (bytesRead === 0) break;
      const read = block.subarray(0, bytesRead);
      hash.update(read);
      await copy.writeFile(read);
      at += bytesRead;
    }
  } finally {
    await copy.close();
  }
  if (at === bytes) return { path: location, sha256: hash.digest('hex'), bytes };
  throw new ScoringError(`its file "${location}" changed while it was read`, {
    code: 'MODEL_INVALID',
    stage: 'model',
    hint: 'Run again once it is written.',
  });
}

function toCopyError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new ScoringError(`the copy of its files cannot be made in ${tmpdir()} (${code})`, {
    code: code === 'ENOSPC' ? 'DISK_FULL' : 'ENVIRONMENT',
    stage: 'model',
    hint: 'Models with external data are copied before they are opened: make room, or set TMPDIR.',
    cause: error,
  });
}

/** Folders of private copies whose process, of this machine, is no more: what a killed run has left. */
export async function findAbandonedCopies(): Promise<readonly string[]> {
  const own = `${PREFIX}${hostname()}-`;
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(own));
  return names
    .filter((name) => isGone(Number(/^(\d+)-\w+$/.exec(name.slice(own.length))?.[1] ?? process.pid)))
    .map((name) => join(tmpdir(), name));
}

/** Deletes such a folder. */
export async function removeCopy(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
