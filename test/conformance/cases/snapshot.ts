import assert from 'node:assert/strict';
import type { Query, Snapshot, WarehouseAdapter } from '../../../src/contract/index.js';
import { canRange, isScoringError } from '../../../src/contract/index.js';
import { both, type Case, not, RANGES, SEVERAL_READERS, SNAPSHOTS } from '../case.js';
import { drain, failing } from '../failing.js';
import { INT64, makeTable } from '../loading.js';
import { columnOf, readColumn, startRead } from '../reading.js';
import { NEVER, promptly, type Rig, statement, toTuple } from '../rig.js';

const ROWS = 1000;

/** A table `t` with the integers from 1, and what commits beside. */
async function makeSource(rig: Rig): Promise<WarehouseAdapter> {
  await makeTable(rig);
  await rig.execute(`insert into ${rig.sql('t')} ${rig.subject.series(ROWS)}`);
  return await rig.beside();
}

/** Changes every row, takes some away and adds others. */
async function change(rig: Rig, beside: WarehouseAdapter): Promise<void> {
  const statements = [
    `update ${rig.sql('t')} set i = i + 1000000`,
    `delete from ${rig.sql('t')} where i > 1000500`,
    `insert into ${rig.sql('t')} select -i from (${rig.subject.series(10)}) as s`,
  ].map(statement);
  await promptly(beside.execute(statements, { atomic: true, signal: NEVER }), 'the change beside');
}

async function sum(rig: Rig, snapshot?: Snapshot): Promise<number> {
  const asked = statement(`select cast(sum(i) as bigint) from ${rig.sql('t')}`);
  const options = { maxRows: 1, signal: NEVER, ...(snapshot === undefined ? {} : { snapshot }) };
  return Number((await rig.adapter.query(asked, options)).rows[0]?.[0]);
}

const OLD_SUM = (ROWS * (ROWS + 1)) / 2;

/** Any value of a row, so that a use after the end is seen. */
const use = (rig: Rig, snapshot: Snapshot, query: Query) =>
  rig.adapter.query(statement(query.sql), { maxRows: ROWS * 2, snapshot, signal: NEVER });

export const snapshotCases: readonly Case[] = [
  {
    id: 'snapshot/is-refused-where-not-offered',
    needs: not(SNAPSHOTS),
    run: async (rig) => {
      await failing(rig.adapter.snapshot(NEVER), { code: 'CAPABILITY' });
    },
  },
  ...(
    [
      {
        id: 'snapshot/has-a-name',
        async run(rig) {
          await using snapshot = await rig.adapter.snapshot(NEVER);
          assert.ok(snapshot.id.trim() !== '');
        },
      },
      {
        id: 'snapshot/is-the-moment-it-was-taken-at',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          // Changed before anything has been asked under it.
          await change(rig, beside);
          assert.equal(await sum(rig, snapshot), OLD_SUM);
          assert.notEqual(await sum(rig), OLD_SUM);
        },
      },
      {
        id: 'snapshot/reads-and-counts-agree',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          for (let i = 0; i < 3; i++) {
            await change(rig, beside);
            const read = await readColumn(rig.adapter, rig.query('t'), { snapshot });
            assert.equal(read.length, ROWS);
            assert.equal(
              read.map(Number).reduce((a, b) => a + b, 0),
              OLD_SUM,
            );
            assert.equal(await sum(rig, snapshot), OLD_SUM);
          }
        },
      },
      {
        id: 'snapshot/ranges-of-a-read-agree',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          const bound = toTuple([INT64], ['500']);
          const reading = { snapshot, key: ['i'] };
          const low = await readColumn(rig.adapter, rig.query('t'), {
            ...reading,
            range: { lo: null, hi: bound },
          });
          await change(rig, beside);
          const high = await readColumn(rig.adapter, rig.query('t'), {
            ...reading,
            range: { lo: bound, hi: null },
          });
          assert.deepEqual([low.length, high.length], [500, 500]);
        },
      },
      {
        id: 'snapshot/each-has-its-own-moment',
        async run(rig) {
          const beside = await makeSource(rig);
          await using first = await rig.adapter.snapshot(NEVER);
          await change(rig, beside);
          await using second = await rig.adapter.snapshot(NEVER);
          await change(rig, beside);
          assert.equal(await sum(rig, first), OLD_SUM);
          const between = await sum(rig, second);
          assert.notEqual(between, OLD_SUM);
          assert.notEqual(between, await sum(rig));
        },
      },
      {
        id: 'snapshot/leaving-a-read-early-keeps-it',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          await change(rig, beside);
          for (let i = 0; i < 10; i++) {
            const query = {
              sql: `select i, repeat('x', 1000) as v from (${rig.subject.series(50_000)}) as s`,
            };
            for await (const _ of await startRead(rig.adapter, query, { snapshot, chunkRows: 10 })) break;
          }
          assert.equal(await sum(rig, snapshot), OLD_SUM);
        },
      },
      {
        id: 'snapshot/a-query-beside-a-read-never-cuts-it-short',
        async run(rig) {
          await using snapshot = await rig.adapter.snapshot(NEVER);
          const query = { sql: rig.subject.series(300_000) };
          let rows = 0;
          const loop = async () => {
            for await (const batch of await startRead(rig.adapter, query, { snapshot, chunkRows: 1000 })) {
              if (rows === 0) await use(rig, snapshot, { sql: 'select 1 as a' });
              rows += batch.rows;
            }
          };
          const whole = await promptly(loop(), 'the read').then(
            () => true,
            (error: unknown) => {
              assert.ok(isScoringError(error), String(error));
              return false;
            },
          );
          if (whole) assert.equal(rows, 300_000, 'a short read passed as a whole one');
        },
      },
      {
        id: 'snapshot/queries-at-the-same-time',
        async run(rig) {
          await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          const asked = Array.from({ length: 10 }, () => use(rig, snapshot, rig.query('t')));
          for (const { rows } of await promptly(Promise.all(asked), 'the queries'))
            assert.equal(rows.length, ROWS);
        },
      },
      {
        id: 'snapshot/reads-at-the-same-time-agree-or-are-refused',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          await change(rig, beside);
          const reads = [1, 7, 100].map((chunkRows) =>
            readColumn(rig.adapter, rig.query('t'), { snapshot, chunkRows }),
          );
          for (const read of await promptly(Promise.allSettled(reads), 'the reads')) {
            if (read.status === 'fulfilled') assert.equal(read.value.length, ROWS);
            else assert.ok(isScoringError(read.reason), String(read.reason));
          }
          assert.equal(await sum(rig, snapshot), OLD_SUM);
        },
      },
      {
        id: 'snapshot/after-an-error-it-is-the-same-moment-or-an-error',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          await change(rig, beside);
          await failing(use(rig, snapshot, { sql: 'select * from no_such_table' }), {});
          const after = await sum(rig, snapshot).catch(() => OLD_SUM);
          assert.equal(after, OLD_SUM);
        },
      },
      {
        id: 'snapshot/does-not-hold-up-writers',
        async run(rig) {
          const beside = await makeSource(rig);
          await using snapshot = await rig.adapter.snapshot(NEVER);
          assert.equal(await sum(rig, snapshot), OLD_SUM);
          const statements = [
            `create table ${rig.sql('u')} as select 1 as a`,
            `alter table ${rig.sql('u')} add column b integer`,
            `drop table ${rig.sql('u')}`,
          ].map(statement);
          await promptly(beside.execute(statements, { atomic: false, signal: NEVER }), 'statements beside');
          await change(rig, beside);
          assert.equal(await sum(rig, snapshot), OLD_SUM);
        },
      },
      {
        id: 'snapshot/dispose-twice',
        async run(rig) {
          const snapshot = await rig.adapter.snapshot(NEVER);
          await snapshot[Symbol.asyncDispose]();
          await snapshot[Symbol.asyncDispose]();
          assert.deepEqual(await rig.rows(`select 'alive'`), [['alive']]);
        },
      },
      {
        id: 'snapshot/use-after-dispose-fails',
        async run(rig) {
          await makeSource(rig);
          const snapshot = await rig.adapter.snapshot(NEVER);
          await snapshot[Symbol.asyncDispose]();
          await failing(use(rig, snapshot, rig.query('t')), {});
          await failing(drain(startRead(rig.adapter, rig.query('t'), { snapshot })), {});
        },
      },
      {
        id: 'snapshot/lets-its-connection-go',
        async run(rig) {
          await makeSource(rig);
          for (let i = 0; i < 16; i++) {
            await using snapshot = await promptly(rig.adapter.snapshot(NEVER), `snapshot ${i}`);
            assert.equal(await sum(rig, snapshot), OLD_SUM);
          }
          await promptly(rig.execute(`drop table ${rig.sql('t')}`), 'dropping the table');
        },
      },
      {
        id: 'snapshot/several-are-open-at-the-same-time',
        async run(rig) {
          await makeSource(rig);
          const taken = Array.from({ length: 4 }, () => rig.adapter.snapshot(NEVER));
          const snapshots = await promptly(Promise.all(taken), 'snapshots');
          const sums = await promptly(
            Promise.all(snapshots.map((snapshot) => sum(rig, snapshot))),
            'a query of each',
          );
          assert.deepEqual(
            sums,
            snapshots.map(() => OLD_SUM),
          );
          assert.equal(await promptly(sum(rig), 'a query beside them'), OLD_SUM);
          for (const snapshot of snapshots) await snapshot[Symbol.asyncDispose]();
        },
      },
      {
        id: 'snapshot/close-ends-it',
        async run(rig) {
          await makeSource(rig);
          const snapshot = await rig.adapter.snapshot(NEVER);
          assert.equal(await sum(rig, snapshot), OLD_SUM);
          await promptly(rig.adapter.close(), 'closing the adapter');
          const disposed = async () => await snapshot[Symbol.asyncDispose]();
          await promptly(disposed(), 'disposing the snapshot');
        },
      },
      {
        id: 'snapshot/of-another-adapter-is-refused',
        async run(rig) {
          const foreign: Snapshot = { id: 'foreign', [Symbol.asyncDispose]: async () => undefined };
          await failing(use(rig, foreign, { sql: 'select 1 as a' }), { code: 'INVARIANT' });
          const read = startRead(rig.adapter, { sql: 'select 1 as a' }, { snapshot: foreign });
          await failing(drain(read), { code: 'INVARIANT' });
        },
      },
      {
        id: 'snapshot/abort',
        async run(rig) {
          await failing(rig.adapter.snapshot(AbortSignal.abort()), { code: 'INTERRUPTED', stage: 'extract' });
        },
      },
    ] satisfies readonly Case[]
  ).map((each): Case => ({ ...each, needs: SNAPSHOTS })),
  {
    id: 'snapshot/ranges-see-it',
    needs: both(SNAPSHOTS, RANGES),
    async run(rig) {
      const beside = await makeSource(rig);
      await using snapshot = await rig.adapter.snapshot(NEVER);
      await change(rig, beside);
      assert.ok(canRange(rig.adapter));
      const key = [columnOf(await rig.adapter.describe(rig.query('t'), NEVER), 'i')];
      const bounds = await rig.adapter.ranges(rig.query('t'), key, 4, { snapshot, signal: NEVER });
      assert.ok(bounds.length > 0);
      for (const [bound] of bounds) {
        const i = Number(bound?.text);
        assert.ok(i >= 1 && i <= ROWS, `${i} is of another moment`);
      }
    },
  },
  {
    id: 'snapshot/readers-at-the-same-time-agree',
    needs: SEVERAL_READERS,
    async run(rig) {
      const beside = await makeSource(rig);
      await using snapshot = await rig.adapter.snapshot(NEVER);
      await change(rig, beside);
      const { readers } = rig.adapter.capabilities.limits;
      const step = Math.ceil(ROWS / readers);
      const reads = Array.from({ length: readers }, (_, n) => {
        const range = {
          lo: toTuple([INT64], [String(n * step)]),
          hi: toTuple([INT64], [String((n + 1) * step)]),
        };
        return readColumn(rig.adapter, rig.query('t'), { snapshot, range, chunkRows: 10 });
      });
      const read = (await promptly(Promise.all(reads), 'the readers')).flat();
      assert.equal(read.length, ROWS);
      assert.equal(
        read.map(Number).reduce((a, b) => a + b, 0),
        OLD_SUM,
      );
    },
  },
];
