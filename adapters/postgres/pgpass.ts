import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a line of the password file is matched against. */
export interface PasswordOwner {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Bits of a file's mode that others than its owner would need. */
const SHARED_MODE = 0o077;

/**
 * The password in libpq's password file: PGPASSFILE, or `.pgpass` in the home folder. Null where there is no file, no
 * line that fits, or where others may read the file: libpq ignores it then too.
 */
export async function findPassword(owner: PasswordOwner, environment = process.env): Promise<string | null> {
  const file = environment.PGPASSFILE ?? join(environment.HOME ?? homedir(), '.pgpass');
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & SHARED_MODE) !== 0) return null;
    return findInLines(await readFile(file, 'utf8'), owner);
  } catch {
    return null;
  }
}

const FIELD = String.raw`((?:\\.|[^:\\])*)`;
const LINE = new RegExp(`^${Array(5).fill(FIELD).join(':')}`);

/** The password of the first line that fits: host:port:database:user:password, `*` for any, `\` before `:` and `\`. */
export function findInLines(text: string, owner: PasswordOwner): string | null {
  // libpq looks a socket up under localhost.
  const host = owner.host.startsWith('/') ? 'localhost' : owner.host;
  const wanted = [host, String(owner.port), owner.database, owner.user];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.startsWith('#') ? null : LINE.exec(line)?.slice(1);
    if (!fields) continue;
    const fits = wanted.every((value, i) => fields[i] === '*' || unquote(fields[i]) === value);
    if (fits) return unquote(fields[4]);
  }
  return null;
}

function unquote(field: string | undefined): string {
  return (field ?? '').replace(/\\(.)/g, '$1');
}
