import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { giveTo, type PostgresBinaries, type ServerUser } from './postgres-binaries.js';

const TLS_DIR = fileURLToPath(new URL('../../../test/fixtures/tls/', import.meta.url));

/** Characters that URLs, keyword strings, .pgpass and SQL each treat apart. */
export const PASSWORD = 'p@ss:w/rd? %41#\'"\\é';

/** Settings of every cluster. The data goes with the tests, so that nothing needs to reach the disk. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  password_encryption: 'scram-sha-256',
  ssl: 'on',
  // Far from UTC, and by a half hour: what forgets to say which zone it means is found out.
  timezone: 'Asia/Kolkata',
};

/** Every password is asked for; `tls_only` may not come without TLS, `plain_only` not with it. */
const HBA = `local all all scram-sha-256
hostnossl all tls_only all reject
hostssl all plain_only all reject
host all all all scram-sha-256
`;

/** Where a cluster is, and who runs it. */
export interface ClusterPlace {
  /** The cluster's folder, with `data` in it; its programs' working folder. */
  readonly dir: string;
  readonly user: ServerUser;
  readonly binaries: PostgresBinaries;
}

/** Makes the data folder of a fresh cluster, ready to be started. */
export async function makeData(
  place: ClusterPlace,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await initialise(place);
  const data = join(place.dir, 'data');
  const lines = Object.entries({ ...SETTINGS, ...settings }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  await writeFile(join(data, 'postgresql.conf'), lines.join(''));
  await writeFile(join(data, 'pg_hba.conf'), HBA);
  for (const file of ['server.crt', 'server.key']) {
    await copyFile(join(TLS_DIR, file), join(data, file));
    await chmod(join(data, file), 0o600);
    await giveTo(place.user, join(data, file));
  }
}

async function initialise(place: ClusterPlace): Promise<void> {
  const { dir, user, binaries } = place;
  const [data, passwordFile] = [join(dir, 'data'), join(dir, 'password')];
  await writeFile(passwordFile, `${PASSWORD}\n`);
  await mkdir(data, { mode: 0o700 });
  await giveTo(user, data);
  // An order of texts that is not by bytes: what forgets the binary collation is found out.
  const icu = binaries.major >= 15 ? ['--locale-provider=icu', '--icu-locale=en-US'] : [];
  const superuser = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const args = ['-D', data, ...superuser, '--encoding=UTF8', '--locale=C', ...icu, '--no-sync'];
  await promisify(execFile)(binaries.initdb, args, surroundingsOf(place));
}

/** How the server's programs are started: neither the caller's locale nor its PG… variables reach them. */
export function surroundingsOf({ dir, user }: ClusterPlace): ServerUser & {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
} {
  return { ...user, cwd: dir, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
}
