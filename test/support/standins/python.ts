import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/', import.meta.url));

/** Where the scripts and the lists of packages are: what is compiled stands elsewhere. */
const SOURCES = fileURLToPath(new URL('../../../../test/support/standins/', import.meta.url));

/** A program's path, or why there is none. */
export type FoundPython = { readonly path: string } | { readonly missing: string };

/** A file that stands beside this one's source. */
export function sourceFile(name: string): string {
  return join(SOURCES, name);
}

/**
 * A Python with the packages that `<name>.lock` lists, each with its version. The environment is made the first time,
 * and again when the list has changed.
 */
export async function findPython(name: string): Promise<FoundPython> {
  const lock = sourceFile(`${name}.lock`);
  const hash = createHash('sha256')
    .update(await readFile(lock))
    .digest('hex')
    .slice(0, 12);
  const dir = join(CACHE, `python-${name}-${hash}`);
  const path = join(dir, 'bin', 'python');
  if (await isThere(join(dir, 'complete'))) return { path };
  const version = await run('python3', ['--version']).catch(() => null);
  if (version === null) return { missing: 'there is no python3' };
  try {
    await make(dir, lock);
    return { path };
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    const why = (stderr || message).trim().split('\n').at(-1);
    return { missing: `the Python packages of ${name} could not be installed: ${why}` };
  }
}

/**
 * An environment's programs name the folder it was made in, so that it is made in its place; the mark comes last. Two
 * test commands at once take turns by the folder's name.
 */
async function make(dir: string, lock: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const own = await mkdtemp(join(CACHE, 'making-'));
  try {
    await rm(dir, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', dir]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', lock];
    await run(join(dir, 'bin', 'python'), install, { maxBuffer: 64 * 1024 * 1024 });
    await rename(own, join(dir, 'complete'));
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
