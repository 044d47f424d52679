import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { ModelPlace } from '../config/index.js';
import { ScoringError } from '../contract/index.js';
import type { ExternalData } from './onnx.js';

/** Longest location, and longest name of a folder or file in it. */
const MAX_LOCATION = 1024;
const MAX_NAME = 255;

/** A file beside the model, open, of which the model uses a part. */
export interface ExternalFile {
  /** As the model writes it: a path relative to the model's folder. */
  readonly location: string;
  readonly bytes: number;
  readonly handle: FileHandle;
}

/**
 * Opens the files that a model refers to: regular files inside the model's folder, reached through no link, that no
 * other name leads to. All of that is looked at again once a file is open, so that nobody can put another in its place.
 *
 * @returns each file once, in the order of their locations; the caller closes the handles
 * @throws MODEL_INVALID
 */
export async function openExternalFiles(
  place: ModelPlace,
  references: readonly ExternalData[],
): Promise<readonly ExternalFile[]> {
  if (place.kind !== 'file') {
    const [first] = references;
    if (first === undefined) return [];
    throw invalid(
      `its tensor ${show(first.tensor)} is kept in another file, ${show(first.location)}, and there are none beside a model from https`,
      'Copy the model with its files into a folder, name the path there, and say external_data: true.',
    );
  }
  const ends = new Map<string, number>();
  for (const { tensor, location, offset, length } of references) {
    assertPlainPath(tensor, location);
    ends.set(location, Math.max(ends.get(location) ?? 0, offset + (length ?? 0)));
  }
  const folder = await realpath(dirname(place.path));
  const opened: ExternalFile[] = [];
  try {
    for (const [location, end] of [...ends].sort()) {
      const file = await openContained(folder, location);
      opened.push(file);
      if (end > file.bytes) {
        throw invalid(
          `it uses ${end} bytes of "${location}", which has ${file.bytes}`,
          'Copy the file again.',
        );
      }
    }
    return opened;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

export async function closeAll(files: readonly ExternalFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

/**
 * onnxruntime gives some locations a meaning of their own, such as an address in its memory. Only names, with a slash
 * between them, are let through.
 *
 * @throws MODEL_INVALID
 */
export function assertPlainPath(tensor: string, location: string): void {
  const names = location.split('/');
  const plain = (name: string) =>
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    name.length <= MAX_NAME &&
    !/[\p{C}\\:*?"<>|]/u.test(name);
  if (location.length <= MAX_LOCATION && names.every(plain)) return;
  throw invalid(
    `its tensor ${show(tensor)} refers to ${show(location)}, which is no plain path inside the model's folder`,
    'Export the model again with its weights beside it; where it came from somebody else, do not trust it.',
  );
}

async function openContained(folder: string, location: string): Promise<ExternalFile> {
  const names = location.split('/');
  const path = join(folder, ...names);
  for (let i = 1; i <= names.length; i++) {
    const stat = await lstat(join(folder, ...names.slice(0, i))).catch(unreadable(location));
    if (stat.isSymbolicLink()) throw escapes(location, 'is reached through a symbolic link');
  }
  const before = await lstat(path).catch(unreadable(location));
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(path, flags).catch(unreadable(location));
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw escapes(location, 'is no regular file');
    if (stat.nlink !== 1) throw escapes(location, 'has another name too (a hard link)');
    const real = await realpath(path).catch(unreadable(location));
    if (
      real !== path ||
      !real.startsWith(folder + sep) ||
      stat.ino !== before.ino ||
      stat.dev !== before.dev
    ) {
      throw escapes(location, 'changed while it was opened');
    }
    return { location, bytes: stat.size, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function unreadable(location: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    const what = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code})`;
    throw invalid(
      `its file ${show(location)} ${what}`,
      'Copy the whole folder of the export, not only the .onnx file.',
    );
  };
}

function escapes(location: string, what: string): ScoringError {
  return invalid(
    `its file ${show(location)} ${what}`,
    'Files of a model are plain files in its folder: copy them there. Where it came from somebody else, do not trust it.',
  );
}

/** A name of the file's, in a message. */
export function show(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

function invalid(what: string, hint: string): ScoringError {
  return new ScoringError(what, { code: 'MODEL_INVALID', stage: 'model', hint });
}
