import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  makeDatabase,
  newDatabase,
  ownServerDir,
  postgresUrl,
  queryAll,
  queryValue,
  TLS_DIR,
} from './postgres.js';
import { startPostgres } from './postgres-server.js';
import { makeFolder } from './project.js';

const skip = ownServerDir() === null && 'the server was not started for the tests';

/** The test server's URL for another user, with or without TLS, in the words of `pg`. */
function urlOf(user: string, host: string, query: string): string {
  const url = new URL(postgresUrl());
  url.username = user;
  url.hostname = host;
  url.search = query;
  return url.href;
}

const COUNT_TLS = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

describe('the Postgres of the tests', { skip }, () => {
  for (const { what, user, host = 'localhost', query, tls } of [
    { what: 'takes a superuser without TLS', user: 'postgres', query: '', tls: 'f' },
    { what: 'takes plain_only without TLS', user: 'plain_only', query: '', tls: 'f' },
    {
      what: 'takes tls_only with TLS, the name checked',
      user: 'tls_only',
      query: `?sslmode=verify-full&sslrootcert=${TLS_DIR}server.crt`,
      tls: 't',
    },
    { what: 'refuses tls_only without TLS', user: 'tls_only', query: '', tls: /pg_hba.conf rejects/ },
    {
      what: 'refuses plain_only with TLS',
      user: 'plain_only',
      query: '?sslmode=no-verify',
      tls: /pg_hba.conf rejects/,
    },
    {
      what: 'has a certificate that another authority did not sign',
      user: 'tls_only',
      query: `?sslmode=verify-full&sslrootcert=${TLS_DIR}other.crt`,
      tls: /self-signed certificate/,
    },
    {
      what: 'has a certificate for another name than 127.0.0.1',
      user: 'tls_only',
      host: '127.0.0.1',
      query: `?sslmode=verify-full&sslrootcert=${TLS_DIR}server.crt`,
      tls: /does not match/,
    },
  ]) {
    it(what, async () => {
      const asked = queryValue(urlOf(user, host, query), COUNT_TLS);
      if (typeof tls === 'string') assert.equal(await asked, tls);
      else await assert.rejects(asked, tls);
    });
  }

  it('asks for the password on its socket too', async () => {
    const { port, password } = new URL(postgresUrl());
    const socket = (secret: string) =>
      `socket://postgres:${secret}@${ownServerDir()}?db=postgres&port=${port}`;
    await assert.rejects(queryValue(socket('wrong'), 'select 1'), /password authentication failed/);
    assert.equal(await queryValue(socket(password), 'select 1'), '1');
  });

  it('orders texts as a language does, and shows times far from UTC', async (t) => {
    const url = await makeDatabase(t);
    assert.deepEqual(
      await queryAll(url, `select 'a' < 'B', 'a' < 'B' collate "C", timestamptz '2020-01-01 00:00Z'`),
      [['t', 'f', '2020-01-01 05:30:00+05:30']],
    );
  });

  it('drops a database under who still uses it', async () => {
    const database = await newDatabase();
    const asked = assert.rejects(queryValue(database.url, 'select pg_sleep(60)'), /terminat/);
    while ((await queryValue(postgresUrl(), countSleepers(database.name))) === '0') await setTimeout(10);
    await database[Symbol.asyncDispose]();
    await asked;
    assert.equal(await queryValue(postgresUrl(), countDatabases(database.name)), '0');
  });

  it('can be a read-only replica', async () => {
    await using replica = await startPostgres({ replicaAfter: ['create table t as select 1 as x'] });
    const url = replica?.url ?? '';
    assert.deepEqual(await queryAll(url, 'select x, pg_is_in_recovery() from t'), [['1', 't']]);
    await assert.rejects(queryValue(url, 'delete from t'), /read-only transaction/);
  });

  it('goes with the process that started it, however that ends', async (t) => {
    const module = new URL('./postgres-server.js', import.meta.url).href;
    const script = `import { startPostgres } from ${JSON.stringify(module)};
const server = await startPostgres();
process.stdout.write(JSON.stringify(server));
setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: makeFolder(t),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, dir } = JSON.parse(String(said)) as { readonly url: string; readonly dir: string };
    assert.equal(await queryValue(url, 'select 1'), '1');
    const pid = Number(readFileSync(`${dir}/data/postmaster.pid`, 'utf8').split('\n')[0]);
    child.kill('SIGKILL');
    while (existsSync(dir) || isAlive(pid)) await setTimeout(20);
  });
});

function countSleepers(database: string): string {
  return `select count(*) from pg_stat_activity where datname = '${database}' and wait_event = 'PgSleep'`;
}

function countDatabases(name: string): string {
  return `select count(*) from pg_database where datname = '${name}'`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
