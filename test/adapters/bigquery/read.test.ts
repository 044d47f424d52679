import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Batch, BufferPool, type Query, type WarehouseAdapter } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';
import { openBigquery } from '../../support/open-bigquery.js';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { makeRig, type ProxyRig } from './rig.js';

const ROWS = 200_000;

/** A table of some megabytes, so that it comes in several messages. */
async function makeTable(rig: ProxyRig): Promise<Query> {
  const columns = Array.from({ length: 8 }, (_, c) => `i * ${c} as c${c}`);
  const series = `unnest(generate_array(1, ${ROWS})) as i`;
  await rig.execute(`create table ${rig.schema}.t as select i, ${columns.join(', ')} from ${series}`);
  return { sql: `select * from ${rig.schema}.t`, table: { schema: rig.schemaName, name: 't' } };
}

async function* read(adapter: WarehouseAdapter, query: Query): AsyncGenerator<Batch> {
  const columns = await adapter.describe(query, NEVER);
  yield* adapter.read(query, columns, {
    key: columns.slice(0, 1),
    chunkRows: 10_000,
    order: 'any',
    buffers: new BufferPool(),
    signal: NEVER,
  });
}

test('a plain table is read without a job', async (t) => {
  const rig = await makeRig(t);
  const query = await makeTable(rig);
  let rows = 0;
  for await (const batch of read(rig.adapter, query)) rows += batch.rows;
  assert.equal(rows, ROWS);
  const ran = rig.proxy.inserted().filter(({ configuration }) => configuration.dryRun !== true);
  assert.deepEqual(ran, []);
});

test('a view that is named as a table is computed first', async (t) => {
  const rig = await makeRig(t);
  const { sql } = await makeTable(rig);
  await rig.execute(`create view ${rig.schema}.v as ${sql}`);
  const view = { sql: `select * from ${rig.schema}.v`, table: { schema: rig.schemaName, name: 'v' } };
  let rows = 0;
  for await (const batch of read(rig.adapter, view)) rows += batch.rows;
  assert.equal(rows, ROWS);
});

test('a stream that breaks is taken up again where it was: no row is lost, none comes twice', async (t) => {
  const rig = await makeRig(t);
  const query = await makeTable(rig);
  const [rest = 0, grpc = 0] = rig.ports;
  await using proxy: TcpProxy = await startProxy({ host: '127.0.0.1', port: grpc }, () => 'pass');
  await using adapter = await openBigquery([rest, proxy.port]);
  const seen = new Uint8Array(ROWS + 1);
  let batches = 0;
  for await (const { rows, columns } of read(adapter, query)) {
    for (let row = 0; row < rows; row++) {
      const i = Number(columns[0]?.values[row]);
      seen[i] = (seen[i] as number) + 1;
    }
    if (++batches === 3 || batches === 8) proxy.cut();
  }
  assert.ok(seen.subarray(1).every((times) => times === 1));
});
