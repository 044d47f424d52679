import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { exitCodeOf, isScoringError } from '../../../src/contract/index.js';
import { integers, part, stream } from '../../conformance/loading.js';
import { NEVER } from '../../support/duckdb.js';
import { type Answer, type Passing, startHttpProxy, type Verdict } from '../../support/http-proxy.js';
import { openSnowflake, snowflakePort, standinConfig } from '../../support/open-snowflake.js';

const QUERY = { name: 'number', sql: 'select 7 as a' };
const ONE = { maxRows: 1, signal: NEVER };

let port: number;
before(async () => {
  port = await snowflakePort();
});

/** What the server says when it does not do what it is asked to. */
function refusal(code: string, message: string): Answer {
  return { body: { success: false, code, message, data: { sqlState: '08001' } } };
}

/** Opens the adapter through a proxy, and does the work. */
async function through<T>(
  judge: (passing: Passing) => Verdict,
  work: (adapter: Awaited<ReturnType<typeof openSnowflake>>) => Promise<T>,
  network_timeout = 30,
): Promise<T> {
  await using proxy = await startHttpProxy(port, judge);
  await using adapter = await openSnowflake({ ...standinConfig(proxy.port), network_timeout });
  return await work(adapter);
}

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isScoringError(error), `no error of ours: ${error}`);
  return error;
}

describe('a sign-in that is refused', () => {
  for (const { code, says, exit, hint } of [
    {
      code: '390100',
      says: 'Incorrect username or password was specified.',
      exit: 6,
      hint: /user and the way/,
    },
    { code: '390144', says: 'JWT token is invalid. [0ce9eb56]', exit: 6, hint: /RSA_PUBLIC_KEY_FP/ },
    {
      code: '390189',
      says: "Role 'SCORER' specified in the connect string does not exist or not authorized.",
      exit: 6,
      hint: /GRANT the role/,
    },
    { code: '390318', says: 'OAuth access token expired. [8c4]', exit: 6, hint: /new one for `token`/ },
    {
      code: '390422',
      says: 'Incoming request with IP/Token 192.0.2.1 is not allowed to access Snowflake.',
      exit: 6,
      hint: /network policy/i,
    },
  ]) {
    it(`says so: ${code}`, async () => {
      const judge = ({ path }: Passing): Verdict =>
        path.endsWith('login-request') ? refusal(code, says) : 'pass';
      const error = await failureOf(through(judge, async () => undefined));
      assert.deepEqual([error.code, error.stage, exitCodeOf(error)], ['PERMISSION', 'connect', exit]);
      assert.match(error.message, /^connect to 127\.0\.0\.1:\d+: /);
      assert.match(error.hint ?? '', hint);
      assert.equal(error.details.snowflakeCode, code);
    });
  }

  it('by a host that is no Snowflake is a matter of the configuration', async () => {
    const error = await failureOf(
      through(
        () => ({ status: 404, body: 'not found' }),
        async () => undefined,
      ),
    );
    assert.deepEqual([error.code, exitCodeOf(error)], ['ENVIRONMENT', 6]);
    assert.match(error.message, /answered 404/);
  });
});

describe('a server that', () => {
  it('is busy for a moment is asked again', async () => {
    let busy = 2;
    const judge = ({ sql }: Passing): Verdict => {
      if (sql !== QUERY.sql || busy === 0) return 'pass';
      busy--;
      return { status: busy === 0 ? 429 : 503, headers: { 'retry-after': '1' }, body: {} };
    };
    const { rows } = await through(judge, (adapter) => adapter.query(QUERY, ONE));
    assert.deepEqual([rows, busy], [[[7n]], 0]);
  });

  it('loses the answer of a statement has done it once', async () => {
    let lost = false;
    const insert = { name: 'insert', sql: 'insert into s.t values (1)' };
    const judge = ({ sql }: Passing): Verdict => {
      if (sql !== insert.sql || lost) return 'pass';
      lost = true;
      return 'lose-answer';
    };
    const { rows } = await through(judge, async (adapter) => {
      const setUp = ['create schema s', 'create table s.t (i number(19,0))'].map((sql) => ({
        name: 'set_up',
        sql,
      }));
      await adapter.execute([...setUp, insert], { atomic: false, signal: NEVER });
      return await adapter.query({ name: 'count', sql: 'select count(*) from s.t' }, ONE);
    });
    assert.deepEqual([lost, rows], [true, [[1n]]]);
  });

  it('ends the session says so, and a fresh one serves the next call', async () => {
    let expired = 0;
    const judge = ({ sql }: Passing): Verdict => {
      if (sql !== QUERY.sql || expired > 0) return 'pass';
      expired++;
      return refusal('390114', 'Authentication token has expired. The user must authenticate again.');
    };
    await through(judge, async (adapter) => {
      const error = await failureOf(adapter.query(QUERY, ONE));
      assert.deepEqual([error.code, error.retryable], ['CONNECTION', true]);
      assert.deepEqual((await adapter.query(QUERY, ONE)).rows, [[7n]]);
    });
  });

  for (const verdict of ['hang', 'drop'] as const) {
    it(`is out of reach (${verdict}) is told after network_timeout`, async () => {
      let gone = false;
      const judge = ({ sql }: Passing): Verdict => {
        gone ||= sql === QUERY.sql;
        return gone ? verdict : 'pass';
      };
      const error = await failureOf(through(judge, (adapter) => adapter.query(QUERY, ONE), 3));
      assert.deepEqual([error.code, error.retryable, exitCodeOf(error)], ['CONNECTION', true, 1]);
      assert.match(error.message, /did not answer for 3 s/);
    });
  }

  it('is not there at all is told', async () => {
    const error = await failureOf(openSnowflake({ ...standinConfig(1), network_timeout: 3 }));
    assert.deepEqual([error.code, error.retryable, exitCodeOf(error)], ['CONNECTION', true, 1]);
  });
});

describe('what stays behind', () => {
  it('is nothing of a load: neither files here nor on the stage', async () => {
    const [folder, was] = [mkdtempSync(join(tmpdir(), 'snowflake-test-')), process.env.TMPDIR];
    const removed: string[] = [];
    process.env.TMPDIR = folder;
    try {
      const judge = ({ sql }: Passing): Verdict => {
        if (sql.startsWith('remove')) removed.push(sql);
        return 'pass';
      };
      await through(judge, async (adapter) => {
        const setUp = ['create schema s', 'create table s.t (i number(19,0))'].map((sql) => ({
          name: 'set_up',
          sql,
        }));
        await adapter.execute(setUp, { atomic: false, signal: NEVER });
        const relation = { schema: 'S', name: 'T' };
        const load = (name: string) =>
          adapter.load({ ...relation, name }, stream(part(1n, integers(0, 9))), { signal: NEVER });
        assert.equal(await load('T'), 9);
        await assert.rejects(load('MISSING'));
      });
      assert.deepEqual(readdirSync(folder), []);
      assert.equal(removed.length, 2);
    } finally {
      if (was === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = was;
      rmSync(folder, { recursive: true });
    }
  });

  it('is no log file of the driver', async () => {
    await through(
      () => 'pass',
      (adapter) => adapter.query(QUERY, ONE),
    );
    assert.ok(!existsSync('snowflake.log'));
  });
});

describe('what the query history shows', () => {
  it('is what a statement is a part of', async () => {
    const seen = new Map<string, string>();
    const judge = ({ sql, tag }: Passing): Verdict => {
      seen.set(sql, tag);
      return 'pass';
    };
    const annotations = { run: '"; drop table t; --', target: 'churn' };
    await through(judge, async (adapter) => {
      await adapter.query(QUERY, { ...ONE, annotations });
      await adapter.query({ name: 'other', sql: 'select 8 as a' }, ONE);
    });
    assert.deepEqual(JSON.parse(seen.get(QUERY.sql) ?? ''), { application: 'scorehouse', ...annotations });
    assert.equal(seen.get('select 8 as a'), '');
  });
});
