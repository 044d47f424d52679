import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { DuckdbAdapter } from '../../../adapters/duckdb/adapter.js';
import { canRange, type RangingAdapter, ScoringError } from '../../../src/contract/index.js';
import type { RunEvent } from '../../../src/observe/events.js';
import { RETRIES, retryCalls } from '../../../src/run/retry.js';
import { watchCalls } from '../../../src/run/watch-calls.js';
import { NEVER, openDuckdb, queryAll } from '../../support/duckdb.js';

const SELECT = { name: 'one', sql: 'select 1' };
const RETRIES_AT_ONCE = {
  ...RETRIES,
  tools: { random: () => 0, now: () => 0, sleep: async () => undefined },
};

/** An adapter whose calls each fail the first time, and what a run would tell of it. */
async function openFailing() {
  const adapter = await openDuckdb(':memory:');
  const failed = new Set<string>();
  const told: RunEvent[] = [];
  const failing = watchCalls(adapter, {}, (point) => {
    if (failed.has(point) || point.startsWith('after')) return;
    failed.add(point);
    throw new ScoringError('cut', { code: 'CONNECTION', stage: 'stage', retryable: true });
  });
  return { adapter, told, retried: retryCalls(failing, RETRIES_AT_ONCE, (event) => told.push(event)) };
}

describe('a call that fails for a reason that passes', () => {
  const WHOLE: readonly (readonly [string, (adapter: RangingAdapter) => Promise<unknown>])[] = [
    ['execute one', (adapter) => adapter.execute([SELECT, SELECT], { atomic: true, signal: NEVER })],
    ['query one', (adapter) => adapter.query(SELECT, { maxRows: 1, signal: NEVER })],
    ['inspect t', (adapter) => adapter.inspect({ schema: 'main', name: 't' }, NEVER)],
    ['describe', (adapter) => adapter.describe({ sql: 'select 1 as i' }, NEVER)],
  ];
  for (const [what, call] of WHOLE) {
    it(`is made again: ${what}`, async () => {
      const { adapter, told, retried } = await openFailing();
      await using _ = adapter;
      await call(retried);
      assert.deepEqual(told, [
        { event: 'retry', what, attempt: 1, wait_ms: 0, code: 'CONNECTION', message: 'cut' },
      ]);
    });
  }

  it('gives a snapshot', async () => {
    const { adapter, retried } = await openFailing();
    await using _ = adapter;
    await using snapshot = await retried.snapshot(NEVER);
    assert.notEqual(snapshot.id, '');
  });

  it('is not made again in part: statements one by one, a load, and what looks through a snapshot', async () => {
    const { adapter, told, retried } = await openFailing();
    await using _ = adapter;
    await using snapshot = await adapter.snapshot(NEVER);
    const parts = async function* () {};
    const calls = [
      retried.execute([SELECT], { atomic: false, signal: NEVER }),
      retried.load({ schema: 'main', name: 't' }, parts(), { signal: NEVER }),
      retried.query(SELECT, { maxRows: 1, snapshot, signal: NEVER }),
    ];
    for (const call of calls) await assert.rejects(call, { message: 'cut' });
    assert.deepEqual(told, []);
  });

  it('is made again after a real conflict, once the other transaction has ended', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    await using adapter = new DuckdbAdapter(instance, 'memory', 512 * 1024 ** 2);
    const other = await instance.connect();
    await other.run('create table t as select 1 as i');
    await other.run('begin transaction');
    await other.run('update t set i = 2');
    const told: RunEvent[] = [];
    const sleep = async () => void (await other.run('commit'));
    const retries = { ...RETRIES, tools: { ...RETRIES_AT_ONCE.tools, sleep } };
    const retried = retryCalls(adapter, retries, (event) => told.push(event));
    const update = { name: 'update', sql: 'update t set i = i + 10' };
    await retried.execute([update], { atomic: true, signal: NEVER });
    other.closeSync();
    assert.deepEqual(await queryAll(adapter, 'select i from t'), [[12n]]);
    assert.deepEqual(
      told.map((event) => event.event === 'retry' && [event.what, event.code]),
      [['execute update', 'CONFLICT']],
    );
  });

  it('keeps the powers of the adapter', async () => {
    const { adapter, retried } = await openFailing();
    await using _ = adapter;
    assert.ok(canRange(retried));
    assert.equal(retried.kind, 'duckdb');
  });
});
