import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { resolveCapabilities } from '../../../adapters/postgres/capabilities.js';
import type { WrittenPostgresConfig } from '../../../adapters/postgres/config.js';
import { postgres } from '../../../adapters/postgres/index.js';
import { BufferPool, exitCodeOf, isScoringError } from '../../../src/contract/index.js';
import { NEVER, queryAll } from '../../support/duckdb.js';
import { withEnvironment } from '../../support/environment.js';
import { openPostgres } from '../../support/open-postgres.js';
import { makeDatabase, ownServerDir, postgresUrl, queryValue, TLS_DIR } from '../../support/postgres.js';
import { makeFolder } from '../../support/project.js';

const skip = ownServerDir() === null && 'the server was not started for the tests';

/** The test server as keywords, without the password. */
function place(): { host: string; port: number; database: string; user: string } {
  const url = new URL(postgresUrl());
  return { host: url.hostname, port: Number(url.port), database: 'postgres', user: 'postgres' };
}

const password = (): string => decodeURIComponent(new URL(postgresUrl()).password);

/** The one value of a query on a connection of the adapter. */
async function ask(config: WrittenPostgresConfig, sql: string, write = true): Promise<unknown> {
  await using adapter = await openPostgres(config, write);
  const [row] = await queryAll(adapter, sql);
  return row?.[0];
}

const USES_TLS = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

describe('TLS', { skip }, () => {
  for (const { what, config, tls } of [
    { what: 'prefer uses it where the server has it', config: { user: 'tls_only' }, tls: true },
    { what: 'prefer goes without where the server wants none', config: { user: 'plain_only' }, tls: false },
    { what: 'allow goes without', config: { user: 'plain_only', sslmode: 'allow' }, tls: false },
    {
      what: 'allow uses it where the server insists',
      config: { user: 'tls_only', sslmode: 'allow' },
      tls: true,
    },
    { what: 'disable goes without', config: { user: 'plain_only', sslmode: 'disable' }, tls: false },
    {
      what: 'require does not check the certificate',
      config: { user: 'tls_only', sslmode: 'require' },
      tls: true,
    },
    {
      what: 'verify-full checks authority and name',
      config: {
        user: 'tls_only',
        sslmode: 'verify-full',
        host: 'localhost',
        sslrootcert: `${TLS_DIR}server.crt`,
      },
      tls: true,
    },
    {
      what: 'verify-ca checks the authority only',
      config: {
        user: 'tls_only',
        sslmode: 'verify-ca',
        host: '127.0.0.1',
        sslrootcert: `${TLS_DIR}server.crt`,
      },
      tls: true,
    },
  ] as readonly { what: string; config: WrittenPostgresConfig; tls: boolean }[]) {
    it(what, async () => {
      assert.equal(await ask({ ...place(), password: password(), ...config }, USES_TLS), tls);
    });
  }

  for (const { what, config, code, hint } of [
    {
      what: 'disable where the server insists',
      config: { user: 'tls_only', sslmode: 'disable' },
      code: 'PERMISSION',
      hint: /pg_hba/,
    },
    {
      what: 'verify-full without the authority',
      config: { user: 'tls_only', sslmode: 'verify-full', host: 'localhost' },
      code: 'ENVIRONMENT',
      hint: /sslrootcert/,
    },
    {
      what: 'verify-ca with another authority',
      config: { user: 'tls_only', sslmode: 'verify-ca', sslrootcert: `${TLS_DIR}other.crt` },
      code: 'ENVIRONMENT',
      hint: /sslrootcert/,
    },
    {
      what: 'require with an authority, as libpq does',
      config: { user: 'tls_only', sslmode: 'require', sslrootcert: `${TLS_DIR}other.crt` },
      code: 'ENVIRONMENT',
      hint: /sslrootcert/,
    },
    {
      what: 'verify-full with another name',
      config: {
        user: 'tls_only',
        sslmode: 'verify-full',
        host: '127.0.0.1',
        sslrootcert: `${TLS_DIR}server.crt`,
      },
      code: 'ENVIRONMENT',
      hint: /host name/,
    },
    {
      what: 'a file that is not there',
      config: { user: 'tls_only', sslmode: 'verify-full', sslrootcert: 'none.crt' },
      code: 'ENVIRONMENT',
      hint: /sslrootcert/,
    },
  ] as readonly { what: string; config: WrittenPostgresConfig; code: string; hint: RegExp }[]) {
    it(`is refused: ${what}, exit code 6`, async () => {
      await assert.rejects(openPostgres({ ...place(), password: password(), ...config }), (error) => {
        assert.ok(isScoringError(error));
        assert.deepEqual([error.code, exitCodeOf(error)], [code, 6]);
        assert.match(error.hint ?? '', hint);
        return true;
      });
    });
  }

  it('reads rows past the driver too', async () => {
    const config = { ...place(), password: password(), user: 'tls_only', sslmode: 'require' } as const;
    await using adapter = await openPostgres(config);
    const query = {
      sql: 'select i, repeat(chr(97 + i % 26), i % 100) as t from generate_series(1, 20000) as i',
    };
    const columns = await adapter.describe(query, NEVER);
    let rows = 0;
    const options = { key: columns.slice(0, 1), chunkRows: 3000, order: 'key', signal: NEVER } as const;
    for await (const batch of adapter.read(query, columns, { ...options, buffers: new BufferPool() })) {
      rows += batch.rows;
    }
    assert.equal(rows, 20_000);
  });
});

describe('connecting', () => {
  for (const { what, config, code, exit, says } of [
    {
      what: 'a wrong password',
      config: { password: 's3cret' },
      code: 'PERMISSION',
      exit: 6,
      says: /password/,
    },
    { what: 'no password', config: {}, code: 'PERMISSION', exit: 6, says: /asks for a password of postgres/ },
    {
      what: 'no such database',
      config: { password: 'right', database: 'nowhere' },
      code: 'ENVIRONMENT',
      exit: 6,
      says: /nowhere/,
    },
    {
      what: 'a host that is not there',
      config: { password: 'right', host: 'nowhere.invalid' },
      code: 'CONNECTION',
      exit: 1,
      says: /nowhere\.invalid/,
    },
    {
      what: 'a port where nobody listens',
      config: { password: 'right', port: 1 },
      code: 'CONNECTION',
      exit: 1,
      says: /ECONNREFUSED/,
    },
    {
      what: 'a socket that is not there',
      config: { password: 'right', host: '/nowhere' },
      code: 'CONNECTION',
      exit: 1,
      says: /ENOENT/,
    },
  ] as readonly { what: string; config: WrittenPostgresConfig; code: string; exit: number; says: RegExp }[]) {
    it(`with ${what}: exit code ${exit}`, async (t) => {
      t.mock.method(process, 'emitWarning', () => undefined);
      const given = config.password === 'right' ? { ...config, password: password() } : config;
      const home = makeFolder(t);
      t.after(withEnvironment({ HOME: home, PGPASSFILE: undefined }));
      await assert.rejects(openPostgres({ ...place(), ...given }), (error) => {
        assert.ok(isScoringError(error));
        assert.deepEqual([error.code, error.stage, exitCodeOf(error)], [code, 'connect', exit]);
        assert.match(error.message, says);
        assert.ok(error.hint);
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error.details)}`, /s3cret/);
        return true;
      });
    });
  }

  /** The port of a server that takes connections and never answers. */
  async function startMute(t: TestContext): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  it('gives up on a server that does not answer', async (t) => {
    const config = { host: '127.0.0.1', port: await startMute(t), user: 'u', connect_timeout: 1 };
    const started = Date.now();
    await assert.rejects(openPostgres(config), { code: 'CONNECTION' });
    assert.ok(Date.now() - started < 1900, 'tried once');
  });

  it('is aborted at once', async (t) => {
    const config = { host: '127.0.0.1', port: await startMute(t), user: 'u', connect_timeout: 60 };
    const context = { projectDir: '/', write: true, lockWaitMs: 0, memoryBytes: 0, cores: 1 };
    const controller = new AbortController();
    const checked = assert.rejects(postgres.open(config, context, controller.signal), {
      code: 'INTERRUPTED',
    });
    setTimeout(() => controller.abort(), 100);
    await checked;
    await assert.rejects(postgres.open(config, context, AbortSignal.abort()), { code: 'INTERRUPTED' });
  });

  it('takes the password of the password file', async (t) => {
    const file = join(makeFolder(t), 'pgpass');
    const escaped = password().replace(/[:\\]/g, '\\$&');
    writeFileSync(file, `*:${place().port}:postgres:postgres:${escaped}\n`, { mode: 0o600 });
    t.after(withEnvironment({ PGPASSFILE: file }));
    assert.equal(await ask(place(), 'select current_user::text'), 'postgres');
  });

  it('needs no password on a socket that trusts', { skip }, async () => {
    const config = { ...place(), host: String(ownServerDir()), password: password() };
    assert.equal(await ask(config, 'select inet_server_addr() is null'), true);
  });
});

describe('a session', () => {
  for (const [name, value] of [
    ['TimeZone', 'UTC'],
    ['DateStyle', 'ISO, YMD'],
    ['IntervalStyle', 'postgres'],
    ['extra_float_digits', '1'],
    ['bytea_output', 'hex'],
    ['standard_conforming_strings', 'on'],
    ['client_encoding', 'UTF8'],
    ['idle_in_transaction_session_timeout', '0'],
    ['statement_timeout', '5min'],
    ['lock_timeout', '250ms'],
    ['application_name', 'scorehouse'],
    ['default_transaction_read_only', 'off'],
    ['work_mem', '5MB'],
  ] as const) {
    it(`has ${name} ${value}`, async () => {
      const config = {
        url: postgresUrl(),
        statement_timeout: '5 min',
        lock_timeout: '250 ms',
        options: '-c work_mem=5MB -c timezone=Asia/Tokyo -c extra_float_digits=0 -c bytea_output=escape',
      };
      assert.equal(await ask(config, `select current_setting('${name}')`), value);
    });
  }

  for (const [what, options, value] of [
    ['more memory than the server gives by itself', '-c timezone=UTC', '64MB'],
    ['the memory that the configuration says', '-c work_mem=5MB', '5MB'],
  ] as const) {
    it(`has ${what} for statements together`, async (t) => {
      await using adapter = await openPostgres({ url: await makeDatabase(t), options });
      const sql = "create table public.seen as select current_setting('work_mem') as memory";
      await adapter.execute([{ name: 'x', sql }], { atomic: true, signal: NEVER });
      const query = { name: 'x', sql: 'select memory from public.seen' };
      const { rows } = await adapter.query(query, { maxRows: 1, signal: NEVER });
      assert.equal(rows[0]?.[0], value);
    });
  }

  it('that is opened for reading cannot write', async () => {
    await assert.rejects(ask({ url: postgresUrl() }, 'create table never (i int)', false), {
      code: 'PERMISSION',
    });
  });

  it('is named for the call, in so many bytes as the server shows', async () => {
    await using adapter = await openPostgres();
    const name = async (annotations?: Record<string, string>) => {
      const statement = { name: 'x', sql: "select current_setting('application_name')" };
      const { rows } = await adapter.query(statement, {
        maxRows: 1,
        signal: NEVER,
        ...(annotations && { annotations }),
      });
      return rows[0]?.[0];
    };
    assert.equal(await name(), 'scorehouse');
    assert.equal(await name({ target: 'churn', run_id: '0192' }), 'scorehouse churn 0192');
    assert.equal(await name({ target: 'chürn\n' }), 'scorehouse ch?rn?');
    assert.equal(await name({ target: 'x'.repeat(80) }), `scorehouse ${'x'.repeat(52)}`);
    assert.equal(await name({}), 'scorehouse');
  });
});

describe('capabilities', () => {
  for (const { version, merge, notMatchedBySource } of [
    { version: 140_000, merge: 'delete-insert', notMatchedBySource: false },
    { version: 149_999, merge: 'delete-insert', notMatchedBySource: false },
    { version: 150_000, merge: 'native', notMatchedBySource: false },
    { version: 160_004, merge: 'native', notMatchedBySource: false },
    { version: 170_000, merge: 'native', notMatchedBySource: true },
    { version: 180_001, merge: 'native', notMatchedBySource: true },
  ]) {
    it(`of version ${version}`, () => {
      const capabilities = resolveCapabilities(version);
      assert.deepEqual([capabilities.merge, capabilities.notMatchedBySource], [merge, notMatchedBySource]);
      assert.ok(Object.isFrozen(capabilities));
    });
  }

  it('are those of the server', async () => {
    await using adapter = await openPostgres();
    const version = Number(await queryValue(postgresUrl(), "select current_setting('server_version_num')"));
    assert.deepEqual(adapter.capabilities, resolveCapabilities(version));
  });

  it('has a server before 14 refused: exit code 6', () => {
    assert.throws(
      () => resolveCapabilities(130_022),
      (error) => exitCodeOf(error) === 6,
    );
  });
});

test('closing twice is closing once', async () => {
  const adapter = await openPostgres();
  await adapter.close();
  await adapter.close();
});
