import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries, findServerUser, giveTo } from './postgres-binaries.js';
import { type ClusterPlace, makeData, PASSWORD, surroundingsOf } from './postgres-data.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';

const START_MS = 30_000;
const STOP_MS = 10_000;
const POLL_MS = 20;

/** What a test may ask of a server of its own. */
export interface ClusterOptions {
  /** The folder of the server's programs; else those that the machine has. */
  readonly bin?: string;
  /** Lines of postgresql.conf, over those that every cluster has. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes it a read-only replica once these statements have run. */
  readonly replicaAfter?: readonly string[];
  /** Where the cluster's folder is made; the system's folder for temporary files where left out. */
  readonly under?: string;
  /** Gives the server a small disk for a tablespace, where the machine lets this process mount one. */
  readonly diskMegabytes?: number;
}

/** A running cluster in a folder of its own; stopped and gone at the end of the block. */
export class PostgresCluster implements AsyncDisposable {
  /** Of the superuser, in the database `postgres`. */
  readonly url: string;
  /** Holds the Unix socket; only root and the server's user can look into it. */
  readonly dir: string;
  readonly #server: ChildProcess;
  readonly #disk: SmallDisk | null;

  constructor(url: string, dir: string, server: ChildProcess, disk: SmallDisk | null) {
    this.url = url;
    this.dir = dir;
    this.#server = server;
    this.#disk = disk;
  }

  /** The small disk's folder, where there is one. */
  get disk(): string | null {
    return this.#disk?.path ?? null;
  }

  /** Resolves when the server has ended, for whatever reason. */
  async ended(): Promise<void> {
    if (isRunning(this.#server)) await once(this.#server, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#server);
    await this.#disk?.[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Starts a fresh cluster; null where the machine has no Postgres. */
export async function startCluster(options: ClusterOptions): Promise<PostgresCluster | null> {
  const user = await findServerUser();
  const dir = await mkdtemp(join(options.under ?? tmpdir(), 'scorehouse-pg-'));
  let cluster: PostgresCluster | null = null;
  let disk: SmallDisk | null = null;
  try {
    await giveTo(user, dir);
    const binaries = await findBinaries(user, dir, options.bin);
    const { diskMegabytes } = options;
    if (diskMegabytes !== undefined) disk = await mountSmallDisk(join(dir, 'disk'), diskMegabytes, user);
    if (binaries !== null) cluster = await startIn({ dir, user, binaries }, options, disk);
    return cluster;
  } finally {
    if (cluster === null) {
      await disk?.[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    }
  }
}

async function startIn(
  place: ClusterPlace,
  options: ClusterOptions,
  disk: SmallDisk | null,
): Promise<PostgresCluster> {
  const { dir } = place;
  const port = await findFreePort();
  await makeData(place, { unix_socket_directories: dir, port: String(port), ...options.settings });
  const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  const server = await startServer(place, url, async (client) => {
    for (const role of ['tls_only', 'plain_only']) {
      await client.query(`create role ${role} login password ${client.escapeLiteral(PASSWORD)}`);
    }
    for (const sql of options.replicaAfter ?? []) await client.query(sql);
  });
  if (options.replicaAfter === undefined) return new PostgresCluster(url, dir, server, disk);
  await stop(server);
  await writeFile(join(dir, 'data', 'standby.signal'), '');
  return new PostgresCluster(url, dir, await startServer(place, url, async () => undefined), disk);
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

/** Starts the server and does the work on its first connection; a server that cannot is stopped again. */
async function startServer(
  place: ClusterPlace,
  url: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<ChildProcess> {
  const [data, log] = [join(place.dir, 'data'), join(place.dir, 'log')];
  const out = await open(log, 'a');
  const server = spawn(place.binaries.postgres, ['-D', data], {
    ...surroundingsOf(place),
    stdio: ['ignore', out.fd, out.fd],
  });
  await out.close();
  try {
    const client = await connectWhenReady(url, server);
    await work(client);
    await client.end();
    return server;
  } catch (cause) {
    await stop(server);
    throw new Error(`Postgres did not start:\n${await readFile(log, 'utf8')}`, { cause });
  }
}

async function connectWhenReady(url: string, server: ChildProcess): Promise<pg.Client> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (!isRunning(server) || Date.now() > deadline) throw error;
    }
    await setTimeout(POLL_MS);
  }
}

/** A fast shutdown, which ends every connection; SIGKILL when that takes too long. */
async function stop(server: ChildProcess): Promise<void> {
  if (!isRunning(server)) return;
  const ended = once(server, 'exit');
  server.kill('SIGINT');
  const done = new AbortController();
  const killed = setTimeout(STOP_MS, undefined, { signal: done.signal }).then(
    () => server.kill('SIGKILL'),
    () => false,
  );
  await ended;
  done.abort();
  await killed;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
