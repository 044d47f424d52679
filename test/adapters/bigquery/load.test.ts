import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadPart, Relation } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';
import { isInsert, type SeenRequest } from '../../support/rest-proxy.js';
import { makeVector } from '../../support/vectors.js';
import { failureOf, makeRig, type ProxyRig } from './rig.js';

async function* parts(...loadKeys: readonly bigint[]): AsyncGenerator<LoadPart> {
  for (const loadKey of loadKeys) {
    const vector = makeVector({ kind: 'int64' }, [loadKey * 10n, loadKey * 10n + 1n]);
    yield { loadKey, rows: 2, columns: [{ kind: 'vector', vector }] };
  }
}

async function makeTable(rig: ProxyRig): Promise<Relation> {
  await rig.execute(`create table ${rig.schema}.t (i int64)`);
  return { schema: rig.schemaName, name: 't' };
}

const load = (rig: ProxyRig, relation: Relation, ...loadKeys: readonly bigint[]) =>
  rig.adapter.load(relation, parts(...loadKeys), { signal: NEVER });

const count = async (rig: ProxyRig) =>
  Number((await rig.rows(`select count(*) from ${rig.schema}.t`))[0]?.[0]);

const isUpload = (request: SeenRequest) => isInsert(request) && request.path.startsWith('/upload/');

const idsOf = (rig: ProxyRig) => rig.proxy.inserted().map(({ jobReference }) => jobReference.jobId);

test('a load whose answer is lost is found by its id: its rows are there once', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  let lost = false;
  rig.proxy.decide = (request) => {
    if (lost || !isUpload(request)) return null;
    lost = true;
    return 'lose-answer';
  };
  assert.equal(await load(rig, relation, 1n, 2n), 4);
  assert.equal(await count(rig), 4);
  assert.equal(idsOf(rig).length, 1);
});

test('a load that broke on its way is sent again under its id', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  let lost = false;
  rig.proxy.decide = (request) => {
    if (lost || !isUpload(request)) return null;
    lost = true;
    return 'drop';
  };
  assert.equal(await load(rig, relation, 1n), 2);
  assert.equal(await count(rig), 2);
  const ids = idsOf(rig);
  assert.deepEqual(ids, [ids[0], ids[0]]);
});

test('a load that was done sends nothing again, and other keys are another job', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  await load(rig, relation, 1n, 2n);
  await load(rig, relation, 1n, 2n);
  assert.equal(idsOf(rig).length, 1);
  await load(rig, relation, 1n);
  await load(rig, relation, 3n);
  assert.equal(new Set(idsOf(rig)).size, 3);
  assert.equal(await count(rig), 8);
});

test('a table that was made again is another one: its rows are loaded', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  await load(rig, relation, 1n);
  await rig.execute(`drop table ${rig.schema}.t`);
  await makeTable(rig);
  await load(rig, relation, 1n);
  assert.equal(await count(rig), 2);
});

test('the id of a load that failed is spent: the next generation loads the rows', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  const failed = { state: 'DONE', errorResult: { reason: 'backendError', message: 'try again' } };
  rig.proxy.decide = ({ path }) =>
    path.endsWith('-g0')
      ? { status: 200, body: { jobReference: { jobId: path.split('/').at(-1) }, status: failed } }
      : null;
  assert.equal(await load(rig, relation, 1n), 2);
  assert.equal(await count(rig), 2);
  assert.match(idsOf(rig)[0] ?? '', /-g1$/);
});

test('a load that still runs is waited for, and not sent beside it', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  let looks = 0;
  rig.proxy.decide = ({ path }) => {
    if (!path.endsWith('-g0')) return null;
    const state = ++looks < 4 ? 'RUNNING' : 'DONE';
    return { status: 200, body: { jobReference: { jobId: path.split('/').at(-1) }, status: { state } } };
  };
  assert.equal(await load(rig, relation, 1n), 2);
  assert.equal(looks, 4);
  assert.deepEqual(idsOf(rig), []);
});

test('a load that is unknown says so, and its rows may be there', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  let gone = false;
  rig.proxy.decide = (request) => {
    if (gone) return 'drop';
    gone = isUpload(request);
    return gone ? 'lose-answer' : null;
  };
  const error = await failureOf(load(rig, relation, 1n));
  assert.equal(error.code, 'OUTCOME_UNKNOWN');
  assert.equal(await count(rig), 2);
});

test('statements of a load follow it in one transaction', async (t) => {
  const rig = await makeRig(t);
  const relation = await makeTable(rig);
  await rig.execute(`create table ${rig.schema}.ledger (i int64)`);
  const row = { name: 'ledger_row', sql: `insert into ${rig.schema}.ledger values (7)` };
  const fence = {
    name: 'fence',
    sql: `update ${rig.schema}.ledger set i = i where i = 8`,
    expect: { rows: 1, otherwise: 'LEASE_LOST' },
  } as const;
  const loading = rig.adapter.load(relation, parts(1n), { with: () => [row, fence], signal: NEVER });
  assert.equal((await failureOf(loading)).code, 'LEASE_LOST');
  assert.deepEqual(await rig.rows(`select count(*) from ${rig.schema}.ledger`), [[0n]]);
  await rig.adapter.load(relation, parts(2n), { with: () => [row], signal: NEVER });
  assert.deepEqual(await rig.rows(`select i from ${rig.schema}.ledger`), [[7n]]);
});
