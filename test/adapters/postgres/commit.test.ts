import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';
import { openPostgres } from '../../support/open-postgres.js';
import { execute, newDatabase, queryValue, type TestDatabase } from '../../support/postgres.js';
import { startProxy, type TcpProxy, type Verdict } from '../../support/tcp-proxy.js';

const INSERT = { name: 'insert', sql: "insert into t values ('by the transaction')" };

/** What the server has to be heard of again in. */
const OUTCOME_WAIT_MS = 1000;

describe('a COMMIT whose answer is lost', () => {
  let database: TestDatabase;
  before(async () => {
    database = await newDatabase();
    await execute(database.url, 'create table t (v text)');
  });
  after(() => database[Symbol.asyncDispose]());

  const count = () => queryValue(database.url, 'select count(*) from t');

  /** Runs one transaction through a proxy that does this to the COMMIT, and to all connections after it. */
  async function runThrough(
    verdict: Verdict,
    then: (proxy: TcpProxy) => Promise<void>,
    reconnect: Verdict = 'pass',
  ): Promise<unknown> {
    await execute(database.url, 'truncate t');
    const { hostname, port, pathname, username, password } = new URL(database.url);
    let committed = false;
    await using proxy = await startProxy({ host: hostname, port: Number(port) }, (chunk) => {
      if (committed) return reconnect;
      committed = chunk.includes('COMMIT;');
      if (committed) setImmediate(() => then(proxy));
      return committed ? verdict : 'pass';
    });
    const through = {
      host: '127.0.0.1',
      port: proxy.port,
      database: pathname.slice(1),
      user: username,
      password: decodeURIComponent(password),
      sslmode: 'disable',
    } as const;
    await using adapter = await openPostgres(through, true, OUTCOME_WAIT_MS);
    return await adapter.execute([INSERT], { atomic: true, signal: NEVER }).catch((error: unknown) => error);
  }

  it('is a success where the server has done it', async () => {
    const result = await runThrough('pass-and-mute', async (proxy) => {
      while ((await count()) === '0') await sleep(10);
      proxy.cut();
    });
    assert.deepEqual(result, [{ rowsAffected: 1, queryId: null }]);
    assert.equal(await count(), '1');
  });

  it('is a failure, to be tried again, where the server never got it', async () => {
    const result = await runThrough('drop', async () => undefined);
    assert.ok(isScoringError(result), String(result));
    assert.deepEqual([result.code, result.retryable], ['CONNECTION', true]);
    assert.equal(await count(), '0');
  });

  it('is unknown where the server cannot be asked: exit code 5', async () => {
    const cut = async (proxy: TcpProxy) => {
      while ((await count()) === '0') await sleep(10);
      proxy.cut();
    };
    const result = await runThrough('pass-and-mute', cut, 'drop');
    assert.ok(isScoringError(result), String(result));
    assert.equal(result.code, 'OUTCOME_UNKNOWN');
    assert.equal(await count(), '1');
  });
});
