import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, copyFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries, findServerUser, type PostgresBinaries, type ServerUser } from './postgres-binaries.js';

const TLS_DIR = fileURLToPath(new URL('../../../test/fixtures/tls/', import.meta.url));
const START_MS = 30_000;
const STOP_MS = 10_000;
const POLL_MS = 20;

/** Characters that URLs, keyword strings, .pgpass and SQL each treat apart. */
const PASSWORD = 'p@ss:w/rd? %41#\'"\\é';

/** Settings of every cluster. The data goes with the test, so that nothing needs to reach the disk. */
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

/** A running cluster in a folder of its own; stopped and gone at the end of the block. */
export class PostgresCluster implements AsyncDisposable {
  /** Of the superuser, in the database `postgres`. */
  readonly url: string;
  /** Holds the Unix socket; only root and the server's user can look into it. */
  readonly dir: string;
  readonly #server: ChildProcess;

  constructor(url: string, dir: string, server: ChildProcess) {
    this.url = url;
    this.dir = dir;
    this.#server = server;
  }

  /** Resolves when the server has ended, for whatever reason. */
  async ended(): Promise<void> {
    if (this.#server.exitCode === null && this.#server.signalCode === null) await once(this.#server, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#server);
    await rm(this.dir, { recursive: true, force: true });
  }
}

/**
 * Starts a fresh cluster.
 *
 * @param settings over those that every cluster has
 * @returns null where the machine has no Postgres
 */
export async function startCluster(
  settings: Readonly<Record<string, string>>,
): Promise<PostgresCluster | null> {
  const user = await findServerUser();
  const dir = await mkdtemp(join(tmpdir(), 'scorehouse-pg-'));
  try {
    if (user.uid !== undefined) await chown(dir, user.uid, user.gid);
    const binaries = await findBinaries(user, dir);
    if (binaries !== null) return await startIn(dir, binaries, user, settings);
    await rm(dir, { recursive: true, force: true });
    return null;
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(
  dir: string,
  binaries: PostgresBinaries,
  user: ServerUser,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresCluster> {
  const data = join(dir, 'data');
  await initialise(data, dir, binaries, user);
  const port = await findFreePort();
  const all = { ...SETTINGS, unix_socket_directories: dir, port: String(port), ...settings };
  await writeFile(
    join(data, 'postgresql.conf'),
    Object.entries(all)
      .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
      .join(''),
  );
  await writeFile(join(data, 'pg_hba.conf'), HBA);
  for (const file of ['server.crt', 'server.key']) await give(join(TLS_DIR, file), join(data, file), user);
  const server = await spawnServer(binaries.postgres, data, dir, user);
  try {
    const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
    await makeRoles(await connectWhenReady(url, server, dir));
    return new PostgresCluster(url, dir, server);
  } catch (error) {
    await stop(server);
    throw error;
  }
}

async function initialise(data: string, dir: string, { initdb, major }: PostgresBinaries, user: ServerUser) {
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, `${PASSWORD}\n`);
  // An order of texts that is not by bytes: what forgets the binary collation is found out.
  const icu = major >= 15 ? ['--locale-provider=icu', '--icu-locale=en-US'] : [];
  const args = [
    '-D',
    data,
    '-U',
    'postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  await mkdir(data, { mode: 0o700 });
  if (user.uid !== undefined) await chown(data, user.uid, user.gid);
  await promisify(execFile)(initdb, [...args, '--locale=C', ...icu, '--no-sync'], {
    ...user,
    ...surroundings(dir),
  });
}

/** Neither the caller's locale nor its PG… variables reach the server. */
function surroundings(dir: string): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  return { cwd: dir, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
}

async function give(from: string, to: string, user: ServerUser): Promise<void> {
  await copyFile(from, to);
  const file = await open(to);
  await file.chmod(0o600);
  if (user.uid !== undefined) await file.chown(user.uid, user.gid);
  await file.close();
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}

async function spawnServer(
  postgres: string,
  data: string,
  dir: string,
  user: ServerUser,
): Promise<ChildProcess> {
  const log = await open(join(dir, 'log'), 'a');
  try {
    const stdio = ['ignore', log.fd, log.fd] as const;
    return spawn(postgres, ['-D', data], { ...user, ...surroundings(dir), stdio: [...stdio] });
  } finally {
    await log.close();
  }
}

async function connectWhenReady(url: string, server: ChildProcess, dir: string): Promise<pg.Client> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (cause) {
      if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline) {
        throw new Error(`Postgres did not start:\n${await readFile(join(dir, 'log'), 'utf8')}`, { cause });
      }
    }
    await setTimeout(POLL_MS);
  }
}

async function makeRoles(client: pg.Client): Promise<void> {
  for (const role of ['tls_only', 'plain_only']) {
    await client.query(`create role ${role} login password ${client.escapeLiteral(PASSWORD)}`);
  }
  await client.end();
}

/** A fast shutdown, which ends every connection; SIGKILL when that takes too long. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGINT');
  const late = new AbortController();
  const killed = setTimeout(STOP_MS, undefined, { signal: late.signal }).then(
    () => server.kill('SIGKILL'),
    () => false,
  );
  await ended;
  late.abort();
  await killed;
}
