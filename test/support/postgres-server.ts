import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ClusterOptions } from './postgres-cluster.js';

const KEEPER = fileURLToPath(new URL('./postgres-keeper.js', import.meta.url));

/** Starts a program with mounts of its own. */
const UNSHARE = 'unshare';

/** A Postgres server for tests. Disposing it stops it, where it was started for them. */
export class PostgresServer implements AsyncDisposable {
  /** Of the superuser `postgres`, whose password has characters that every form must escape. */
  readonly url: string;
  /** Holds the Unix socket, where the server was started for the tests. */
  readonly dir: string | null;
  /** The server's folder of a small disk, where one was asked for and could be had. */
  readonly disk: string | null;
  readonly #keeper: ChildProcess | null;

  constructor(url: string, dir: string | null, disk: string | null, keeper: ChildProcess | null) {
    this.url = url;
    this.dir = dir;
    this.disk = disk;
    this.#keeper = keeper;
  }

  /** A file of the small disk as this process reaches it: the disk is mounted where only the server sees it. */
  diskFile(name: string): string {
    return `/proc/${this.#keeper?.pid}/root${this.disk}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#keeper === null) return;
    await end(this.#keeper);
  }
}

/** The server that SCOREHOUSE_TEST_POSTGRES names, as it is, or a fresh one; null where the machine has none. */
export async function findPostgres(): Promise<PostgresServer | null> {
  const url = process.env.SCOREHOUSE_TEST_POSTGRES;
  if (url !== undefined && url !== '') return new PostgresServer(url, null, null, null);
  return startPostgres();
}

/** Starts a fresh server, which ends with this process however that ends; null where the machine has no Postgres. */
export async function startPostgres(options: ClusterOptions = {}): Promise<PostgresServer | null> {
  const keeper = await spawnKeeper(options);
  let line: string | null = null;
  // Without a line it ended on an error, which it has printed.
  for await (const text of createInterface({ input: keeper.stdout })) {
    line = text;
    break;
  }
  if (line === null) throw new Error('Postgres did not start; what it said is above');
  const started = JSON.parse(line) as { url: string; dir: string; disk: string | null } | null;
  if (started !== null) return new PostgresServer(started.url, started.dir, started.disk, keeper);
  await end(keeper);
  return null;
}

/** With a small disk it gets mounts of its own, which go with it and the server however those end. */
async function spawnKeeper({ diskMegabytes, ...options }: ClusterOptions) {
  if (diskMegabytes === undefined || !(await mayMount())) {
    return spawn(process.execPath, [KEEPER, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  }
  const withDisk = JSON.stringify({ ...options, diskMegabytes });
  return spawn(UNSHARE, ['--mount', process.execPath, KEEPER, withDisk], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function mayMount(): Promise<boolean> {
  return promisify(execFile)(UNSHARE, ['--mount', 'true']).then(
    () => true,
    () => false,
  );
}

async function end(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const ended = once(keeper, 'exit');
  keeper.stdin?.end();
  await ended;
}
