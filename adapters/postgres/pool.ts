import type { Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type { Client } from 'pg';
import { isScoringError, ScoringError, throwIfInterrupted } from '../../src/contract/index.js';
import { abandon, cutOff } from './cancel.js';
import { untilAborted } from './connection.js';
import { type ErrorPlace, sqlStateOf, toCallError } from './errors.js';
import { OUTCOME_WAIT_MS } from './outcome.js';
import { findPassword } from './pgpass.js';
import { renderSessionSetup, type SessionOptions } from './session.js';
import type { ConnectionSettings } from './settings.js';
import { newSocket } from './socket.js';
import type { Tls } from './tls.js';
import type { ReadingTransaction } from './transaction.js';

/** A driver's connection, with the key to cancel what it runs. */
export interface PgConnection extends Client {
  readonly processID: number;
  readonly secretKey: number;
  /** knex's mark of a connection that must not be used again. */
  __knex__disposed?: unknown;
}

/** Connections at the same time: a snapshot, its readers, the load, statements beside them and heartbeats. */
const MAX_CONNECTIONS = 12;

const KEEP_ALIVE_MS = 30_000;

/** Facts of the server, asked for by the first connection. */
export interface ServerFacts {
  /** `server_version_num`: 150018 is 15.18. */
  readonly version: number;
  readonly database: string;
  /** True where a statement's memory is the server's own little, and neither the role nor the configuration has a say. */
  readonly littleMemory: boolean;
}

/** knex's pool, and what its connections have in common. */
export interface PgPool {
  readonly knex: Knex;
  readonly settings: ConnectionSettings;
  readonly facts: ServerFacts;
  /** How long a server that does not answer is asked how a COMMIT ended, in milliseconds. */
  readonly outcomeWaitMs: number;
  /** Transactions that read and have not ended. */
  readonly reading: Set<ReadingTransaction>;
}

/** knex would write errors to the console, statements and hosts among them. */
const SILENT = { warn: () => {}, error: () => {}, debug: () => {}, deprecate: () => {} };

/** Opens a pool with the first way to use TLS that connects. */
export async function openPool(
  settings: ConnectionSettings,
  attempts: readonly Tls[],
  session: SessionOptions,
  signal: AbortSignal,
  outcomeWaitMs = OUTCOME_WAIT_MS,
): Promise<PgPool> {
  const { host, port, user } = settings;
  const place: ErrorPlace = { stage: 'connect', statement: `connect to ${host}:${port}`, user };
  for (const [i, tls] of attempts.entries()) {
    throwIfInterrupted(signal, 'connect');
    const sockets = new Set<Socket>();
    const client = newKnex(settings, tls, session, sockets);
    try {
      const facts = await untilAborted(readFacts(client), signal);
      return { knex: client, settings, facts, outcomeWaitMs, reading: new Set() };
    } catch (error) {
      // One that is still being made would be waited for, and one that lacks a password would wait for the server's limit.
      for (const socket of sockets) socket.destroy();
      await client.destroy();
      const last = signal.aborted || i === attempts.length - 1;
      if (last || !isTlsMatter(error)) throw toCallError(error, signal, place);
    }
  }
  throw new ScoringError('no way to connect', { code: 'INVARIANT', stage: 'connect' });
}

/** Whether the same connection with, or without, TLS may fare better. */
function isTlsMatter(error: unknown): boolean {
  if (isScoringError(error) || !(error instanceof Error)) return false;
  const state = sqlStateOf(error);
  // 28000 is what pg_hba.conf answers where it takes only the other kind of connection.
  if (state !== null) return state === '28000';
  const { code } = error as Error & { readonly code?: unknown };
  return !/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT|ETIMEDOUT|timeout expired)$/.test(
    String(code ?? error.message),
  );
}

/** @param sockets holds every socket that is open */
function newKnex(
  settings: ConnectionSettings,
  tls: Tls,
  session: SessionOptions,
  sockets: Set<Socket>,
): Knex {
  const { host, port, database, user, connectTimeoutMs, applicationName, options } = settings;
  const client = knex({
    client: 'pg',
    // Known, so that knex does not ask every connection for it.
    version: '14',
    log: SILENT,
    compileSqlOnError: false,
    connection: {
      host,
      port,
      database,
      user,
      password: () => providePassword(settings),
      ssl: tls,
      stream: () => {
        const socket = newSocket();
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        return socket;
      },
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      ...(options === null ? {} : { options }),
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: MAX_CONNECTIONS,
      // One that a failed rollback left in its transaction is not given to the next call.
      validate: (connection: PgConnection) => connection.getTransactionStatus() === 'I',
      afterCreate: (connection: PgConnection, done: (error: unknown) => void) => {
        connection.query(renderSessionSetup(settings, session)).then(
          () => done(null),
          (error: unknown) => connection.end().finally(() => done(error)),
        );
      },
    },
  });
  return client.on('query-error', withoutSql);
}

/** knex puts its statement before the server's words; errors cite its name. */
function withoutSql(error: Error, { sql }: { readonly sql: string }): void {
  const prefix = `${sql} - `;
  if (error.message.startsWith(prefix)) error.message = error.message.slice(prefix.length);
}

/** After a close, the time that calls which still go on have to end, in milliseconds. */
const CLOSE_GRACE_MS = 2000;

/** Ends every connection: those that only read at once, others when they are done, or after a while. */
export async function closePool({ knex, reading }: PgPool): Promise<void> {
  const { used } = knex.client.pool as { readonly used: readonly { readonly resource: PgConnection }[] };
  const grace = setTimeout(() => {
    for (const { resource } of used) cutOff(resource);
  }, CLOSE_GRACE_MS);
  try {
    for (const transaction of [...reading]) {
      await abandon(transaction.connection);
      await transaction[Symbol.asyncDispose]();
    }
    await knex.destroy();
  } finally {
    clearTimeout(grace);
  }
}

/** Asked for only by a server that wants a password. */
async function providePassword(settings: ConnectionSettings): Promise<string> {
  const password = settings.password?.reveal() ?? (await findPassword(settings));
  if (password !== null) return password;
  throw new ScoringError(`the server asks for a password of ${settings.user}`, {
    code: 'PERMISSION',
    stage: 'connect',
    hint: 'Give `password` of the warehouse as ${ENV}, or a line in .pgpass, which nobody else may read (mode 0600).',
  });
}

const FACTS = `select current_setting('server_version_num')::int, current_database(),
  source in ('default', 'configuration file') and setting::int < 65536
from pg_catalog.pg_settings where name = 'work_mem'`;

async function readFacts(client: Knex): Promise<ServerFacts> {
  const { rows } = await client.raw(FACTS).options({ rowMode: 'array' });
  const [version, database, littleMemory] = rows[0];
  return { version, database, littleMemory };
}
