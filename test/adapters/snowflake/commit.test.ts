import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { isScoringError, type WarehouseAdapter } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';
import { type Passing, startHttpProxy, type Verdict } from '../../support/http-proxy.js';
import { newDatabase, openSnowflake, snowflakePort, standinConfig } from '../../support/open-snowflake.js';

const INSERT = { name: 'insert', sql: 'insert into s.t values (1)' };
const isCommit = ({ sql }: Passing) => sql === 'commit';

/** What the server has to be heard of again in. */
const OUTCOME_WAIT_MS = 6000;

/** Seconds: longer than signing in takes on a busy machine. */
const NETWORK_TIMEOUT = 4;

describe('a COMMIT whose answer is lost', () => {
  let port: number;
  before(async () => {
    port = await snowflakePort();
  });

  async function count(adapter: WarehouseAdapter): Promise<number> {
    const { rows } = await adapter.query(
      { name: 'count', sql: 'select count(*) from s.t' },
      { maxRows: 1, signal: NEVER },
    );
    return Number(rows[0]?.[0]);
  }

  /** Runs one transaction through a proxy; returns what came of it and how many rows there are then. */
  async function runThrough(
    judge: (passing: Passing) => Verdict,
    outcomeWaitMs = OUTCOME_WAIT_MS,
  ): Promise<{ readonly result: unknown; readonly rows: number }> {
    const database = newDatabase();
    await using direct = await openSnowflake(standinConfig(port, database));
    const setUp = ['create schema s', 'create table s.t (i number(19,0))'].map((sql) => ({
      name: 'set_up',
      sql,
    }));
    await direct.execute(setUp, { atomic: false, signal: NEVER });
    await using proxy = await startHttpProxy(port, judge);
    const config = { ...standinConfig(proxy.port, database), network_timeout: NETWORK_TIMEOUT };
    await using adapter = await openSnowflake(config, outcomeWaitMs);
    const running = adapter.execute([INSERT], { atomic: true, signal: NEVER });
    const result = await running.catch((error: unknown) => error);
    return { result, rows: await count(direct) };
  }

  /** Says what becomes of the first COMMIT; its session is cut off from then on. */
  function cutAtCommit(verdict: Verdict): (passing: Passing) => Verdict {
    let cut: string | null = null;
    return (passing) => {
      if (passing.session === cut) return 'drop';
      if (!isCommit(passing) || cut !== null) return 'pass';
      cut = passing.session;
      return verdict;
    };
  }

  it('is asked for again by the same request, and done once', async () => {
    let lost = false;
    const { result, rows } = await runThrough((passing) => {
      if (!isCommit(passing) || lost) return 'pass';
      lost = true;
      return 'lose-answer';
    });
    assert.ok(lost && Array.isArray(result), String(result));
    assert.equal(rows, 1);
  });

  it('is a success where another session finds it done', async () => {
    const { result, rows } = await runThrough(cutAtCommit('lose-answer'));
    assert.ok(Array.isArray(result), String(result));
    assert.equal(rows, 1);
  });

  it('is a failure, to be tried again, where the server never got it', async () => {
    const { result, rows } = await runThrough(cutAtCommit('drop'));
    assert.ok(isScoringError(result), String(result));
    assert.deepEqual([result.code, result.retryable], ['CONNECTION', true]);
    assert.equal(rows, 0);
  });

  it('is unknown where the server cannot be asked: exit code 5', async () => {
    let gone = false;
    const judge = (passing: Passing): Verdict => {
      if (gone) return 'drop';
      gone = isCommit(passing);
      return gone ? 'lose-answer' : 'pass';
    };
    const { result, rows } = await runThrough(judge, 500);
    assert.ok(isScoringError(result), String(result));
    assert.equal(result.code, 'OUTCOME_UNKNOWN');
    assert.equal(rows, 1);
  });
});
