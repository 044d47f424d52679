import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Query } from '../../../src/contract/index.js';
import type { Case } from '../case.js';
import { drain, failing, SECRET } from '../failing.js';
import { readBatches, readColumn, startRead } from '../reading.js';
import { NEVER, promptly, type Rig, statement } from '../rig.js';

/** More than any pool of connections holds. */
const MANY = 16;

/** A query of 50 MB, more than any buffer on the way takes at once. */
function large(rig: Rig): Query {
  return { sql: `select i, repeat('x', 1000) as v from (${rig.subject.series(50_000)}) as s` };
}

/** A query that would compute for hours before its first row. */
function endless(rig: Rig): string {
  return `select sum(a.i * b.i) as v from (${rig.subject.series(1_000_000)}) as a
cross join (${rig.subject.series(1_000_000)}) as b`;
}

/** Rows whose value cannot be computed from the 150,000th on. */
function breaking(rig: Rig): string {
  return `select i, cast(case when i >= 150000 then '${SECRET}' else '1' end as integer) as v
from (${rig.subject.series(300_000)}) as s`;
}

/** Takes the first batch and leaves. */
async function readFirst(batches: AsyncIterable<Batch>): Promise<Batch> {
  for await (const batch of batches) return batch;
  throw new Error('no batch');
}

export const readEndCases: readonly Case[] = [
  {
    id: 'read/leaving-early-releases-the-connection',
    async run(rig) {
      for (let i = 0; i < MANY; i++) {
        const batches = await startRead(rig.adapter, large(rig), { chunkRows: 100 });
        const { rows } = await promptly(readFirst(batches), `read ${i}`);
        assert.equal(rows, 100);
      }
      assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
  {
    id: 'read/leaving-early-lets-the-table-go',
    async run(rig) {
      await rig.execute(`create table ${rig.sql('t')} as ${large(rig).sql}`);
      await readFirst(await startRead(rig.adapter, rig.query('t'), { chunkRows: 100 }));
      await promptly(rig.execute(`drop table ${rig.sql('t')}`), 'dropping the table');
    },
  },
  {
    id: 'read/a-loop-that-throws-releases-the-connection',
    async run(rig) {
      const thrown = new Error('thrown in the loop');
      for (let i = 0; i < MANY; i++) {
        const loop = async () => {
          for await (const _ of await startRead(rig.adapter, large(rig))) throw thrown;
        };
        await assert.rejects(promptly(loop(), `read ${i}`), (error) => error === thrown);
      }
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
  {
    id: 'read/never-started-holds-nothing',
    async run(rig) {
      for (let i = 0; i < MANY; i++) {
        const batches = await startRead(rig.adapter, large(rig));
        await batches[Symbol.asyncIterator]().return?.();
      }
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
  {
    id: 'read/failures-release-the-connection',
    async run(rig) {
      for (let i = 0; i < MANY; i++) {
        await failing(drain(startRead(rig.adapter, { sql: breaking(rig) })), {});
      }
      assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
  {
    id: 'read/abort-before',
    async run(rig) {
      const read = startRead(rig.adapter, { sql: rig.subject.series(10) }, { signal: AbortSignal.abort() });
      await failing(drain(read), { code: 'INTERRUPTED', stage: 'extract' });
    },
  },
  {
    id: 'read/abort-between-batches',
    async run(rig) {
      const abort = new AbortController();
      const loop = async () => {
        const reading = { chunkRows: 1000, signal: abort.signal };
        for await (const _ of await startRead(rig.adapter, large(rig), reading)) {
          abort.abort();
        }
      };
      await failing(loop(), { code: 'INTERRUPTED', stage: 'extract' });
      assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
    },
  },
  {
    id: 'read/abort-while-rows-come',
    async run(rig) {
      // Too many rows to come in time, and a batch that takes longer than the signal.
      const reading = { chunkRows: 50_000_000, signal: AbortSignal.timeout(300) };
      const sql = `select a.i from (${rig.subject.series(10_000)}) as a cross join (${rig.subject.series(10_000)}) as b`;
      await failing(drain(startRead(rig.adapter, { sql }, reading)), {
        code: 'INTERRUPTED',
        stage: 'extract',
      });
    },
  },
  {
    id: 'read/abort-at-once',
    async run(rig) {
      const abort = new AbortController();
      const batches = (await startRead(rig.adapter, { sql: endless(rig) }, { signal: abort.signal }))[
        Symbol.asyncIterator
      ]();
      const next = batches.next();
      abort.abort();
      await failing(next, { code: 'INTERRUPTED', stage: 'extract' });
    },
  },
  {
    id: 'read/abort-while-the-warehouse-computes',
    async run(rig) {
      const read = drain(startRead(rig.adapter, { sql: endless(rig) }, { signal: AbortSignal.timeout(300) }));
      await failing(read, { code: 'INTERRUPTED', stage: 'extract' });
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
  {
    id: 'read/an-error-in-mid-stream-is-never-an-end',
    async run(rig) {
      const read = startRead(rig.adapter, { sql: breaking(rig) }, { chunkRows: 10_000 });
      await failing(drain(read), { code: 'WAREHOUSE', stage: 'extract' });
    },
  },
  {
    id: 'read/an-error-in-the-last-row-is-never-an-end',
    async run(rig) {
      const sql = `select cast(case when i = 5000 then '${SECRET}' else '1' end as integer) as v
from (${rig.subject.series(5000)}) as s`;
      await failing(drain(startRead(rig.adapter, { sql })), { code: 'WAREHOUSE', stage: 'extract' });
    },
  },
  {
    id: 'read/an-error-at-the-start',
    async run(rig) {
      await rig.create('t', { a: { kind: 'int64' } });
      const read = await startRead(rig.adapter, rig.query('t'));
      await rig.execute(`drop table ${rig.sql('t')}`);
      await failing(drain(read), { code: 'WAREHOUSE', stage: 'extract' });
    },
  },
  {
    id: 'read/works-after-an-error',
    async run(rig) {
      await failing(drain(startRead(rig.adapter, { sql: breaking(rig) })), {});
      assert.equal((await readColumn(rig.adapter, { sql: rig.subject.series(1000) })).length, 1000);
    },
  },
  {
    id: 'read/a-slow-consumer-gets-all-rows',
    async run(rig) {
      let rows = 0;
      const sql = `select i, repeat('x', 100) as text from (${rig.subject.series(200_000)}) as s`;
      for await (const batch of await startRead(rig.adapter, { sql }, { chunkRows: 50_000 })) {
        await sleep(200);
        rows += batch.rows;
      }
      assert.equal(rows, 200_000);
    },
  },
  {
    id: 'read/a-paused-read-does-not-hold-up-others',
    async run(rig) {
      const paused = (await startRead(rig.adapter, large(rig)))[Symbol.asyncIterator]();
      await paused.next();
      assert.deepEqual(await promptly(rig.rows(`select 'alive'`), 'a query beside'), [['alive']]);
      await promptly(rig.create('t', { a: { kind: 'int64' } }), 'a statement beside');
      assert.equal((await promptly(readBatches(rig.adapter, { sql: 'select 1 as a' }), 'a read')).length, 1);
      await paused.return?.();
    },
  },
  {
    id: 'read/annotations-are-never-read-as-sql',
    async run(rig) {
      const annotations = { run: `*/ '; drop table canary; -- \n"`, target: 'é{{x}}' };
      assert.deepEqual(await readColumn(rig.adapter, { sql: 'select 1 as a' }, { annotations }), ['1']);
      const { rows } = await rig.adapter.query(statement('select 2'), {
        maxRows: 1,
        annotations,
        signal: NEVER,
      });
      assert.equal(String(rows[0]?.[0]), '2');
      const made = statement(`create table ${rig.sql('t')} (a integer)`);
      await rig.adapter.execute([made], { atomic: true, annotations, signal: NEVER });
      assert.equal(await rig.count('t'), 0);
    },
  },
];
