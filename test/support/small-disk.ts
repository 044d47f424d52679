import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { giveTo, type ServerUser } from './postgres-binaries.js';

const run = promisify(execFile);

/** A disk of its own that is soon full; unmounted at the end of the block. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', [this.path]);
  }
}

/** Mounts a disk of so many megabytes that the server may write to; null where this process may not mount. */
export async function mountSmallDisk(
  path: string,
  megabytes: number,
  user: ServerUser,
): Promise<SmallDisk | null> {
  const disk = await mountDisk(path, megabytes);
  if (disk !== null) await giveTo(user, path);
  return disk;
}

/** Mounts a disk of so many megabytes; null where this process may not mount. */
export async function mountDisk(path: string, megabytes: number): Promise<SmallDisk | null> {
  await mkdir(path);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  } catch {
    return null;
  }
  return new SmallDisk(path);
}
