import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canRange } from '../../../src/contract/index.js';
import { watchCalls } from '../../../src/run/watch-calls.js';
import { NEVER, openDuckdb } from '../../support/duckdb.js';

const SELECT = { name: 'one', sql: 'select 1' };
const ANNOTATIONS = { target: 'churn', run_id: '1' };

test('every call asks the hook before and after, by the name of its statement', async () => {
  await using adapter = await openDuckdb(':memory:');
  const points: string[] = [];
  const watched = watchCalls(adapter, ANNOTATIONS, (point) => void points.push(point));
  await watched.query(SELECT, { maxRows: 1, signal: NEVER });
  await watched.execute([SELECT, SELECT], { atomic: true, signal: NEVER });
  await watched.inspect({ schema: 'main', name: 'x' }, NEVER);
  assert.deepEqual(points, [
    'before query one',
    'after query one',
    'before execute one',
    'after execute one',
    'before inspect x',
    'after inspect x',
  ]);
  assert.ok(canRange(watched), 'the powers of the adapter stay');
});

test('a hook that throws keeps the call from being made', async () => {
  await using adapter = await openDuckdb(':memory:');
  const watched = watchCalls(adapter, ANNOTATIONS, () => {
    throw new Error('stop here');
  });
  const create = { name: 'create', sql: 'create table t (i integer)' };
  await assert.rejects(watched.execute([create], { atomic: false, signal: NEVER }), /stop here/);
  assert.equal(await adapter.inspect({ schema: 'main', name: 't' }, NEVER), null);
});

test('calls carry the annotations', async () => {
  await using adapter = await openDuckdb(':memory:');
  const seen: unknown[] = [];
  const spy = Object.assign(Object.create(adapter) as typeof adapter, {
    query: async (_: unknown, options: { readonly annotations?: unknown }) =>
      void seen.push(options.annotations),
  });
  await watchCalls(spy, ANNOTATIONS, undefined).query(SELECT, { maxRows: 1, signal: NEVER });
  assert.deepEqual(seen, [ANNOTATIONS]);
});
