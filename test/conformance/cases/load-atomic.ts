import assert from 'node:assert/strict';
import type { LoadPart, Statement } from '../../../src/contract/index.js';
import { type Case, LOAD_TRANSACTION, not } from '../case.js';
import { failing, SECRET } from '../failing.js';
import { INT64, integers, load, makeTable, part, stream } from '../loading.js';
import { NEVER, promptly, type Rig, statement } from '../rig.js';
import { toVector } from '../values.js';

/** Rows enough that some have left this process before anything goes wrong. */
const ROWS = 200_000;

const ledgerRow = (rig: Rig, text: string): Statement => ({
  name: 'ledger_row',
  sql: `insert into ${rig.sql('ledger')} values (${text})`,
});

/** Tables `t` and `ledger`. */
async function makeTables(rig: Rig) {
  await makeTable(rig, 'ledger');
  return await makeTable(rig);
}

async function assertNothing(rig: Rig): Promise<void> {
  assert.deepEqual([await rig.count('t'), await rig.count('ledger')], [0, 0]);
}

const parts = () => [part(1n, integers(0, ROWS)), part(2n, integers(ROWS, ROWS))] as const;

export const loadAtomicCases: readonly Case[] = [
  {
    id: 'load/with-commits-together',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      const statements = [ledgerRow(rig, '1'), ledgerRow(rig, '2')];
      assert.equal(await load(rig, relation, stream(...parts()), { with: () => statements }), 2 * ROWS);
      assert.deepEqual([await rig.count('t'), await rig.count('ledger')], [2 * ROWS, 2]);
    },
  },
  {
    id: 'load/with-is-asked-for-when-all-rows-are-in',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      let given = 0;
      let asked = 0;
      async function* counted() {
        for (const each of parts()) {
          given++;
          yield each;
        }
      }
      const statements = () => {
        asked++;
        assert.equal(given, 2);
        return [ledgerRow(rig, `(select count(*) from ${rig.sql('t')})`)];
      };
      await load(rig, relation, counted(), { with: statements });
      assert.equal(asked, 1);
      const [row] = await rig.rows(`select i from ${rig.sql('ledger')}`);
      assert.equal(Number(row?.[0]), 2 * ROWS);
    },
  },
  {
    id: 'load/with-runs-though-there-are-no-parts',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      assert.equal(await load(rig, relation, stream(), { with: () => [ledgerRow(rig, '1')] }), 0);
      assert.equal(await rig.count('ledger'), 1);
    },
  },
  {
    id: 'load/a-failing-with-leaves-nothing',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      const statements = [ledgerRow(rig, '1'), ledgerRow(rig, `cast('${SECRET}' as bigint)`)];
      await failing(load(rig, relation, stream(...parts()), { with: () => statements }), {
        stage: 'stage',
        message: /ledger_row/,
      });
      await assertNothing(rig);
    },
  },
  {
    id: 'load/a-with-that-throws-leaves-nothing',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      const thrown = new Error('thrown while the statements were made');
      const loading = load(rig, relation, stream(...parts()), {
        with: () => {
          throw thrown;
        },
      });
      await assert.rejects(loading, (error) => error === thrown || (error as Error).cause === thrown);
      await assertNothing(rig);
    },
  },
  {
    id: 'load/with-expects-rows',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      await rig.execute(`insert into ${rig.sql('ledger')} values (7)`);
      const fence = (epoch: number, otherwise: 'LEASE_LOST' | 'CONFLICT'): Statement => ({
        name: 'fence',
        sql: `update ${rig.sql('ledger')} set i = i where i = ${epoch}`,
        expect: { rows: 1, otherwise },
      });
      await load(rig, relation, stream(part(1n, integers(0, 10))), { with: () => [fence(7, 'LEASE_LOST')] });
      for (const otherwise of ['LEASE_LOST', 'CONFLICT'] as const) {
        const statements = [ledgerRow(rig, '8'), fence(6, otherwise)];
        await failing(load(rig, relation, stream(...parts()), { with: () => statements }), {
          code: otherwise,
          stage: 'stage',
        });
      }
      assert.deepEqual([await rig.count('t'), await rig.count('ledger')], [10, 1]);
    },
  },
  {
    id: 'load/with-follows-in-a-transaction-of-its-own',
    needs: not(LOAD_TRANSACTION),
    async run(rig) {
      const relation = await makeTables(rig);
      const failed = [ledgerRow(rig, '1'), ledgerRow(rig, `cast('${SECRET}' as bigint)`)];
      await failing(load(rig, relation, stream(part(1n, integers(0, 10))), { with: () => failed }), {
        stage: 'stage',
      });
      assert.equal(await rig.count('ledger'), 0);
      const statements = [ledgerRow(rig, '1'), ledgerRow(rig, '2')];
      await load(rig, relation, stream(part(2n, integers(0, 10))), { with: () => statements });
      assert.equal(await rig.count('ledger'), 2);
    },
  },
  {
    id: 'load/the-same-key-twice-leaves-one-copy',
    needs: not(LOAD_TRANSACTION),
    async run(rig) {
      const relation = await makeTable(rig);
      for (let i = 0; i < 2; i++) await load(rig, relation, stream(part(7n, integers(0, 10))));
      assert.equal(await rig.count('t'), 10);
    },
  },
  {
    id: 'load/the-same-key-twice-leaves-one-copy-by-its-transaction',
    needs: LOAD_TRANSACTION,
    async run(rig) {
      const relation = await makeTables(rig);
      const once: Statement = {
        name: 'chunk_insert',
        sql: `insert into ${rig.sql('ledger')} select 7 where not exists (select 1 from ${rig.sql('ledger')} where i = 7)`,
        expect: { rows: 1, otherwise: 'CONFLICT' },
      };
      const again = () => load(rig, relation, stream(part(7n, integers(0, 10))), { with: () => [once] });
      assert.equal(await again(), 10);
      await failing(again(), { code: 'CONFLICT' });
      assert.deepEqual([await rig.count('t'), await rig.count('ledger')], [10, 1]);
    },
  },
  {
    id: 'load/parts-that-throw-leave-nothing',
    async run(rig) {
      const relation = await makeTables(rig);
      const thrown = new Error('scoring failed');
      async function* broken(): AsyncGenerator<LoadPart> {
        yield* parts();
        throw thrown;
      }
      const loading = load(rig, relation, broken());
      await assert.rejects(
        loading,
        (error) => error === thrown || (error as Error).cause === thrown,
        'the error of the parts is lost',
      );
      await assertNothing(rig);
    },
  },
  {
    id: 'load/abort-before',
    async run(rig) {
      const relation = await makeTables(rig);
      const loading = load(rig, relation, stream(...parts()), { signal: AbortSignal.abort() });
      await failing(loading, { code: 'INTERRUPTED', stage: 'stage' });
      await assertNothing(rig);
    },
  },
  {
    id: 'load/abort-in-the-middle-leaves-nothing',
    async run(rig) {
      const relation = await makeTables(rig);
      const abort = new AbortController();
      async function* interrupted() {
        yield* parts();
        abort.abort();
        yield* parts();
      }
      await failing(load(rig, relation, interrupted(), { signal: abort.signal }), {
        code: 'INTERRUPTED',
        stage: 'stage',
      });
      await assertNothing(rig);
    },
  },
  {
    id: 'load/readers-see-all-or-nothing',
    async run(rig) {
      const relation = await makeTables(rig);
      const beside = await rig.beside();
      const count = async () => {
        const counting = statement(`select count(*) from ${rig.sql('t')}`);
        const { rows } = await beside.query(counting, { maxRows: 1, signal: NEVER });
        return Number(rows[0]?.[0]);
      };
      async function* watched() {
        for (const each of parts()) {
          yield each;
          assert.equal(await promptly(count(), 'a count beside the load'), 0);
        }
      }
      await load(rig, relation, watched());
      assert.equal(await count(), 2 * ROWS);
    },
  },
  {
    id: 'load/a-null-where-none-may-be-leaves-nothing',
    async run(rig) {
      await makeTable(rig, 'ledger');
      const { dialect } = rig.adapter;
      await rig.execute(
        `create table ${rig.sql('t')} (i ${dialect.type(INT64)} not null, v ${dialect.type({ kind: 'text' })})`,
      );
      const nulls = toVector(INT64, ['1', null]);
      const texts = toVector({ kind: 'text' }, [SECRET, SECRET]);
      const good = part(1n, integers(0, 2), texts);
      await failing(load(rig, rig.relation('t'), stream(good, part(2n, nulls, texts))), {
        code: 'CONSTRAINT',
        stage: 'stage',
      });
      await assertNothing(rig);
    },
  },
  {
    id: 'load/a-missing-table',
    async run(rig) {
      const loading = load(rig, rig.relation('no_such_table'), stream(part(1n, integers(0, 1))));
      await failing(loading, { stage: 'stage', message: /no_such_table/i });
    },
  },
  {
    id: 'load/a-wrong-number-of-columns-leaves-nothing',
    async run(rig) {
      const relation = await makeTables(rig);
      const loading = load(
        rig,
        relation,
        stream(part(1n, integers(0, 10)), part(2n, integers(0, 1), integers(0, 1))),
      );
      await failing(loading, { stage: 'stage' });
      await assertNothing(rig);
    },
  },
  {
    id: 'load/works-after-failures',
    async run(rig) {
      const relation = await makeTables(rig);
      for (let i = 0; i < 30; i++) {
        const missing = load(rig, rig.relation('no_such_table'), stream(part(1n, integers(0, 1))));
        await failing(missing, {});
      }
      assert.equal(await load(rig, relation, stream(part(1n, integers(0, 10)))), 10);
      await promptly(rig.adapter.close(), 'closing the adapter');
    },
  },
];
