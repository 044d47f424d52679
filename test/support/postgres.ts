import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** The test server's certificate, and others; see its README. */
export const TLS_DIR = fileURLToPath(new URL('../../../test/fixtures/tls/', import.meta.url));

/** The server that the test command started or was given, as the superuser, in its first database. */
export function postgresUrl(): string {
  const url = process.env.SCOREHOUSE_TEST_POSTGRES;
  if (url !== undefined && url !== '') return url;
  throw new Error(
    'no Postgres for this test: run it by `node dist/test/main.js <words>`, which starts one, or set SCOREHOUSE_TEST_POSTGRES to the URL of a superuser',
  );
}

/**
 * The folder of the test server's Unix socket. Null where the server was not started for the tests: then there are no
 * roles `tls_only` and `plain_only`, and test/fixtures/tls is not its certificate.
 */
export function ownServerDir(): string | null {
  return process.env.SCOREHOUSE_TEST_POSTGRES_DIR ?? null;
}

/** A database of one test or suite; gone at the end of the block, whoever is still connected. */
export class TestDatabase implements AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly #server: string;

  constructor(name: string, server: string) {
    this.name = name;
    this.#server = server;
    const url = new URL(server);
    url.pathname = `/${name}`;
    this.url = url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await execute(this.#server, `drop database if exists "${this.name}" with (force)`);
  }
}

/** Makes an empty database, on the server of a superuser's URL. */
export async function newDatabase(server = postgresUrl(), options = ''): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(server, `create database "${name}" ${options}`);
  return new TestDatabase(name, server);
}

/** The URL of an empty database that goes with its test. */
export async function makeDatabase(t: { after(hook: () => Promise<void>): void }): Promise<string> {
  const database = await newDatabase();
  t.after(() => database[Symbol.asyncDispose]());
  return database.url;
}

/** Opens a connection by plain `pg`, which gives every value as the server's text. The caller ends it. */
export async function openPlainClient(url: string): Promise<pg.Client> {
  // As psql shows them: every value as the server's text, so that no digit is lost.
  const types = { getTypeParser: () => (text: string | Buffer) => String(text) };
  const client = new pg.Client({ connectionString: url, types });
  // A connection that the server ends between two statements fails the next one; the event alone would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Opens a connection by plain `pg`, does the work and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openPlainClient(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Opens a connection by plain `pg` that stays open until the test's end, unless it is ended before. */
export async function openClient(
  t: { after(hook: () => Promise<void>): void },
  url: string,
): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  t.after(() => client.end());
  return client;
}

/** Runs statements one after the other, each in a transaction of its own. */
export async function execute(url: string, ...sqls: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const sql of sqls) await client.query(sql);
  });
}

/** The rows of a query, every value as text. */
export async function queryAll(url: string, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const result = await withClient(url, (client) =>
    client.query<(string | null)[]>({ text: sql, rowMode: 'array' }),
  );
  return result.rows;
}

/** The one value of a query, as text. */
export async function queryValue(url: string, sql: string): Promise<string | null> {
  const [row] = await queryAll(url, sql);
  return row?.[0] ?? null;
}
