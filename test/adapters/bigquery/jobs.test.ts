import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';
import { isInsert } from '../../support/rest-proxy.js';
import { errorBody, failureOf, makeRig, type ProxyRig } from './rig.js';

const insert = ({ schema }: ProxyRig) => ({ name: 'insert', sql: `insert into ${schema}.t values (1)` });

const run = (rig: ProxyRig, signal = NEVER) => rig.adapter.execute([insert(rig)], { atomic: true, signal });

const count = async (rig: ProxyRig) =>
  Number((await rig.rows(`select count(*) from ${rig.schema}.t`))[0]?.[0]);

const makeTable = (rig: ProxyRig) => rig.execute(`create table ${rig.schema}.t (i int64)`);

test('a job whose insertion was answered to nobody is found by its id, and runs once', async (t) => {
  const rig = await makeRig(t);
  await makeTable(rig);
  let lost = false;
  rig.proxy.decide = (request) => {
    if (lost || !isInsert(request)) return null;
    lost = true;
    return 'lose-answer';
  };
  const [result] = await run(rig);
  assert.equal(result?.rowsAffected, 1);
  assert.equal(await count(rig), 1);
});

test('a job that never came to BigQuery is sent again under its id', async (t) => {
  const rig = await makeRig(t);
  await makeTable(rig);
  let lost = false;
  rig.proxy.decide = (request) => {
    if (lost || !isInsert(request)) return null;
    lost = true;
    return 'drop';
  };
  await run(rig);
  const ids = rig.proxy.inserted().map(({ jobReference }) => jobReference.jobId);
  assert.equal(ids.length, 2);
  assert.equal(new Set(ids).size, 1, 'another id would be another job');
  assert.equal(await count(rig), 1);
});

test('a job that writes is unknown where BigQuery cannot be asked any more: exit code 5, and nothing is cleaned up', async (t) => {
  const rig = await makeRig(t);
  await makeTable(rig);
  let gone = false;
  rig.proxy.decide = (request) => {
    if (gone) return 'drop';
    gone = isInsert(request);
    return gone ? 'lose-answer' : null;
  };
  const error = await failureOf(run(rig));
  assert.equal(error.code, 'OUTCOME_UNKNOWN');
  assert.equal(exitCodeOf(error), 5);
  assert.equal(error.retryable, false);
  assert.match(String(error.details.job), /^scorehouse-/);
  assert.equal(await count(rig), 1);
});

test('a job that only reads is never unknown: it may be made again', async (t) => {
  const rig = await makeRig(t);
  rig.proxy.decide = () => 'drop';
  const error = await failureOf(
    rig.adapter.query({ name: 'q', sql: 'select 1' }, { maxRows: 1, signal: NEVER }),
  );
  assert.deepEqual([error.code, error.retryable], ['CONNECTION', true]);
});

test('a job is asked for until it has ended', async (t) => {
  const rig = await makeRig(t);
  await makeTable(rig);
  let looks = 0;
  rig.proxy.decide = ({ path }) => {
    if (!/\/jobs(\/[^/]+)?$/.test(path) || ++looks > 4) return null;
    return { change: (job: object) => ({ ...job, status: { state: looks < 3 ? 'PENDING' : 'RUNNING' } }) };
  };
  const [result] = await run(rig);
  assert.equal(result?.rowsAffected, 1);
  assert.ok(looks > 4);
});

test('a look that fails is no end of the job', async (t) => {
  const rig = await makeRig(t);
  await makeTable(rig);
  let looks = 0;
  rig.proxy.decide = (request) => {
    if (isInsert(request)) return { change: (job: object) => ({ ...job, status: { state: 'RUNNING' } }) };
    if (!request.path.includes('/jobs/')) return null;
    return ++looks < 3 ? { status: 503, body: errorBody(503, 'backendError', 'try again') } : null;
  };
  const [result] = await run(rig);
  assert.equal(result?.rowsAffected, 1);
  assert.equal(looks, 3);
});

for (const [status, reason] of [
  [429, 'rateLimitExceeded'],
  [503, 'backendError'],
] as const) {
  test(`${status} with Retry-After is retryable, and says how long to wait`, async (t) => {
    const rig = await makeRig(t);
    await makeTable(rig);
    const busy = { status, headers: { 'retry-after': '7' }, body: errorBody(status, reason, 'busy') };
    rig.proxy.decide = (request) => (isInsert(request) ? busy : null);
    const error = await failureOf(run(rig));
    assert.deepEqual([error.code, error.retryable], ['CONNECTION', true]);
    assert.equal(error.details.retryAfterMs, 7000);
    assert.equal(exitCodeOf(error), 1);
    assert.equal(await count(rig), 0);
  });
}

test('an expired token is told as what it is: exit code 6', async (t) => {
  const rig = await makeRig(t);
  rig.proxy.decide = () => ({ status: 401, body: errorBody(401, 'authError', 'Invalid Credentials') });
  const error = await failureOf(run(rig));
  assert.equal(error.code, 'PERMISSION');
  assert.equal(exitCodeOf(error), 6);
  assert.match(error.hint ?? '', /sign in again/);
});

test('a quota that is used up is told, and not tried again', async (t) => {
  const rig = await makeRig(t);
  const body = errorBody(403, 'quotaExceeded', 'Quota exceeded: too many table update operations');
  rig.proxy.decide = () => ({ status: 403, body });
  const error = await failureOf(run(rig));
  assert.deepEqual([error.code, error.retryable, exitCodeOf(error)], ['WAREHOUSE', false, 1]);
  assert.match(error.message, /too many table update operations/);
});

test('an abort cancels the job by its id', async (t) => {
  const rig = await makeRig(t);
  const abort = new AbortController();
  let stopped = false;
  rig.proxy.decide = ({ path }) => {
    if (path.endsWith('/cancel')) {
      stopped = true;
      return null;
    }
    if (!path.includes('/jobs')) return null;
    setImmediate(() => abort.abort());
    const status = stopped ? { state: 'DONE', errorResult: { reason: 'stopped' } } : { state: 'RUNNING' };
    return { change: (job: object) => ({ ...job, status }) };
  };
  await makeTable(rig);
  const error = await failureOf(run(rig, abort.signal));
  assert.equal(error.code, 'INTERRUPTED');
  const [job] = rig.proxy.inserted();
  const cancel = rig.proxy.seen.find(({ path }) => path.endsWith('/cancel'));
  assert.match(cancel?.path ?? '', new RegExp(`/jobs/${job?.jobReference.jobId}/cancel$`));
});

test('a cancel that comes too late undoes nothing: what the job has done counts', async (t) => {
  const rig = await makeRig(t);
  await makeTable(rig);
  const abort = new AbortController();
  let cancelled = false;
  rig.proxy.decide = ({ path }) => {
    cancelled ||= path.endsWith('/cancel');
    if (cancelled || !path.includes('/jobs')) return null;
    setImmediate(() => abort.abort());
    return { change: (job: object) => ({ ...job, status: { state: 'RUNNING' } }) };
  };
  const [result] = await run(rig, abort.signal);
  assert.equal(result?.rowsAffected, 1);
  assert.ok(cancelled);
  assert.equal(await count(rig), 1);
});

test('every job carries its labels, its limits and where it runs', async (t) => {
  const rig = await makeRig(t, { location: 'US', job_timeout: '5 min', maximum_bytes_billed: 1_000_000 });
  await makeTable(rig);
  const annotations = { run_id: '0192-ABC', 'odd key!': 'é' };
  await rig.adapter.execute([insert(rig)], { atomic: true, annotations, signal: NEVER });
  await rig.adapter.query({ name: 'q', sql: 'select 1' }, { maxRows: 1, annotations, signal: NEVER });
  const jobs = rig.proxy.inserted();
  assert.equal(jobs.length, 2);
  for (const { configuration, jobReference } of jobs) {
    assert.deepEqual(configuration.labels, {
      application: 'scorehouse',
      run_id: '0192-abc',
      odd_key_: '_',
    });
    assert.equal(configuration.jobTimeoutMs, '300000');
    assert.equal((configuration.query as Record<string, unknown>).maximumBytesBilled, '1000000');
    assert.equal((jobReference as { readonly location?: string }).location, 'US');
  }
});
