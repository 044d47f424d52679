import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { canRange, type WarehouseAdapter } from '../../../src/contract/index.js';
import { type Case, RANGES } from '../case.js';
import { drain, failing } from '../failing.js';
import { integers, part, stream } from '../loading.js';
import { startRead } from '../reading.js';
import { NEVER, promptly, statement } from '../rig.js';

const RELATION = { schema: 'main', name: 't' };
const QUERY = { sql: 'select 1 as a' };

/** Each call of the contract, made on an adapter that is closed. */
const CALLS: Readonly<Record<string, (adapter: WarehouseAdapter) => Promise<unknown>>> = {
  describe: (adapter) => adapter.describe(QUERY, NEVER),
  load: (adapter) => adapter.load(RELATION, stream(part(1n, integers(0, 1))), { signal: NEVER }),
  execute: (adapter) => adapter.execute([statement('select 1')], { atomic: true, signal: NEVER }),
  query: (adapter) => adapter.query(statement('select 1'), { maxRows: 1, signal: NEVER }),
  inspect: (adapter) => adapter.inspect(RELATION, NEVER),
  snapshot: (adapter) => adapter.snapshot(NEVER),
};

export const closeCases: readonly Case[] = [
  {
    id: 'close/twice',
    async run({ adapter }) {
      await adapter.close();
      await adapter.close();
      await adapter[Symbol.asyncDispose]();
    },
  },
  {
    id: 'close/twice-at-the-same-time',
    async run({ adapter }) {
      await Promise.all([adapter.close(), adapter.close(), adapter[Symbol.asyncDispose]()]);
    },
  },
  ...Object.entries(CALLS).map(
    ([method, call]): Case => ({
      id: `close/${method}-afterwards-fails`,
      async run({ adapter }) {
        await adapter.close();
        await failing(call(adapter), {});
      },
    }),
  ),
  {
    id: 'close/read-afterwards-fails',
    async run(rig) {
      const batches = await startRead(rig.adapter, QUERY);
      await rig.adapter.close();
      await failing(drain(batches), {});
    },
  },
  {
    id: 'close/ranges-afterwards-fails',
    needs: RANGES,
    async run({ adapter }) {
      assert.ok(canRange(adapter));
      const key = await adapter.describe(QUERY, NEVER);
      await adapter.close();
      await failing(adapter.ranges(QUERY, key, 4, { signal: NEVER }), {});
    },
  },
  {
    id: 'close/under-an-abandoned-read',
    async run(rig) {
      const batches = (await startRead(rig.adapter, { sql: rig.subject.series(1_000_000) }))[
        Symbol.asyncIterator
      ]();
      await batches.next();
      await promptly(rig.adapter.close(), 'closing the adapter');
      // What was read before may still come; the read must end, and not as if it were whole.
      const rest = async () => {
        let rows = 0;
        for (let next = await batches.next(); next.done !== true; next = await batches.next())
          rows += next.value.rows;
        return rows;
      };
      const rows = await promptly(rest(), 'the read').catch(() => 0);
      assert.ok(rows === 0 || rows > 990_000, `a short read of ${rows} rows passed as a whole one`);
    },
  },
  {
    id: 'close/under-a-query',
    async run(rig) {
      const sql = `select count(*) from (${rig.subject.series(1_000_000)}) as a
cross join (${rig.subject.series(1_000_000)}) as b where a.i + b.i < 0`;
      const asked = rig.adapter.query(statement(sql), { maxRows: 1, signal: NEVER });
      const ended = failing(asked, {});
      await sleep(100);
      await promptly(rig.adapter.close(), 'closing the adapter');
      await ended;
    },
  },
  {
    id: 'close/lets-the-next-one-in',
    async run(rig) {
      await rig.execute(`create table ${rig.sql('t')} as select 1 as a`);
      await rig.adapter.close();
      const next = await rig.reopen();
      const { rows } = await next.query(statement(`select a from ${rig.sql('t')}`), {
        maxRows: 1,
        signal: NEVER,
      });
      assert.equal(String(rows[0]?.[0]), '1');
    },
  },
];
