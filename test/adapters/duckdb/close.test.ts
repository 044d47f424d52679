import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { BufferPool, type RangingAdapter } from '../../../src/contract/index.js';
import { execute, NEVER, openDuckdb } from '../../support/duckdb.js';
import { makeFolder } from '../../support/project.js';

const SUPPORT = new URL('../../support/duckdb.js', import.meta.url).href;

/** Opens the file as another process would; what it says of that. */
function openElsewhere(file: string): string {
  const script = `const { openDuckdb } = await import(${JSON.stringify(SUPPORT)});
await (await openDuckdb(${JSON.stringify(file)})).close();`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return status === 0 ? 'opened' : stderr;
}

async function* readSmall(adapter: RangingAdapter, rows: number) {
  const query = { sql: `select i from range(${rows}) as t(i)` };
  const [key] = await adapter.describe(query, NEVER);
  assert.ok(key !== undefined);
  const options = {
    key: [key],
    chunkRows: 2,
    order: 'key',
    buffers: new BufferPool(),
    signal: NEVER,
  } as const;
  yield* adapter.read(query, [key], options);
}

for (const { what, rows } of [
  { what: 'in the middle of its only chunk', rows: 11 },
  { what: 'with most of it not computed yet', rows: 5_000_000 },
]) {
  test(`a read that is left ${what} does not keep the file open after its adapter is closed`, async (t) => {
    const file = join(makeFolder(t), 'shop.duckdb');
    const adapter = await openDuckdb(file);
    await execute(adapter, 'create table t as select 1 as i');
    let batches = 0;
    for await (const _ of readSmall(adapter, rows)) if (++batches === 3) break;
    await adapter.close();
    assert.equal(openElsewhere(file), 'opened');
  });

  test(`a read that nobody leaves, ${what}, ends with its adapter`, async (t) => {
    const file = join(makeFolder(t), 'shop.duckdb');
    const adapter = await openDuckdb(file);
    await execute(adapter, 'create table t as select 1 as i');
    const batches = readSmall(adapter, rows);
    for (let i = 0; i < 3; i++) await batches.next();
    await adapter.close();
    assert.equal(openElsewhere(file), 'opened');
  });
}
