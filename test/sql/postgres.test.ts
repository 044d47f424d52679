import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type pg from 'pg';
import { postgresDialect } from '../../adapters/postgres/dialect.js';
import { newDatabase, type TestDatabase, withClient } from '../support/postgres.js';
import { ask, newWorld, postgresSql, run } from './postgres-world.js';
import { listTrials, renderContext, renderLedgerWorld, renderTrial } from './world.js';

const STAGED = `insert into predictions.churn__v7 (customer_id, "Region", score, level, _load) values
  (1, 'a', 0.5, 1, 17179869184), (1, 'B', 'NaN', 2, 17179869184), (2, 'a', 'Infinity', 4, 17179869184),
  (2, 'a', 1, 3, 99), (3, null, -0.25, null, 17179869184)`;

/** Tried in postgres-partitions.test.ts. */
const OUTSIDE_TRANSACTIONS = ['publish/detach_concurrently', 'publish/detach_finalize'];

/** The server's version number from which it has the words. */
const SINCE: Readonly<Record<string, number>> = { 'publish/merge': 150_000, 'publish/merge@drop': 170_000 };

describe('the templates on Postgres', () => {
  let database: TestDatabase;

  before(async () => {
    database = await newWorld();
  });

  after(() => database[Symbol.asyncDispose]());

  /** Does the work in a transaction that leaves the world as it was. */
  const inWorld = (work: (client: pg.Client) => Promise<void>) =>
    withClient(database.url, async (client) => {
      await client.query('begin');
      await work(client);
      await client.query('rollback');
    });

  for (const name of listTrials(postgresSql).filter((each) => !OUTSIDE_TRANSACTIONS.includes(each))) {
    it(`${name} is understood`, (t) =>
      inWorld(async (client) => {
        const version = Number((await ask(client, 'show server_version_num')).rows[0]?.[0]);
        const from = SINCE[name] ?? 0;
        if (version < from) return t.skip(`only from ${from} on`);
        await client.query('create role template_reader');
        for (const statement of renderTrial(postgresSql, name)) await client.query(statement);
      }));
  }

  describe('of the gate', () => {
    const inStaged = (work: (client: pg.Client) => Promise<void>) =>
      inWorld(async (client) => {
        await client.query(STAGED);
        await run(client, 'ledger/chunk_insert');
        await work(client);
      });

    it('count rows, rows without a ledger row, and NULL keys', () =>
      inStaged(async (client) => {
        assert.deepEqual((await run(client, 'gate/counts')).rows, [['5', '1', '1']]);
        assert.deepEqual((await run(client, 'gate/chunk_rows')).rows, [['1', '3', '1']]);
      }));

    it('tell how far finite values reach; NaN is above every number here', () =>
      inStaged(async (client) => {
        assert.deepEqual((await run(client, 'gate/extent')).rows, [
          ['5', '5', '-0.25', 'NaN', 'NaN', 'NaN', '4', '1', '4', '2.5', '1.2909944487358056', '4'],
        ]);
        const [[count, min, max, mean] = []] = (await run(client, 'gate/finite')).rows;
        assert.deepEqual([count, min, max, Number(mean).toFixed(4)], ['3', '-0.25', '1', '0.4167']);
      }));

    it('find values outside a range, infinity among them and not NaN', () =>
      inStaged(async (client) => {
        assert.deepEqual((await run(client, 'gate/outside')).rows, [['2']]);
        assert.deepEqual((await run(client, 'gate/outside', { min: null, max: null })).rows, [['0']]);
        assert.deepEqual((await run(client, 'gate/outside@integers')).rows, [['1']]);
      }));

    it('tell how finite values are distributed: quantiles, and how many lie below each edge', () =>
      inStaged(async (client) => {
        assert.deepEqual((await run(client, 'gate/distribution')).rows, [
          ['-0.25', '1', '1', null],
          ['0.5', '2', '2', null],
          [null, '3', null, null],
        ]);
        assert.deepEqual([...(await run(client, 'gate/shares')).rows].sort(), [
          ['0', '1'],
          ['1', '1'],
          ['2', '1'],
        ]);
      }));

    it('choose the same sample each time', () =>
      inWorld(async (client) => {
        await client.query(`insert into predictions.churn__v7 (customer_id, "Region", score, level, _load)
          select i, 'r' || i % 3, i, i, 1 from generate_series(1, 10000) as t(i)`);
        const first = (await run(client, 'gate/distribution@sample')).rows;
        assert.deepEqual((await run(client, 'gate/distribution@sample')).rows, first);
        const median = Number(first[1]?.[2]);
        assert.ok(median > 4500 && median < 5500 && median !== 5000, String(median));
        const labels = (await run(client, 'gate/labels@sample')).rows;
        const rows = labels.reduce((sum, [, count]) => sum + Number(count), 0);
        assert.ok(rows > 2200 && rows < 2800, String(rows));
      }));

    it('find repeated keys', () =>
      inStaged(async (client) => {
        assert.deepEqual((await run(client, 'gate/duplicates')).rows, [['1', '1']]);
        assert.deepEqual((await run(client, 'gate/duplicate_samples')).rows, [['2', 'a']]);
      }));

    for (const [kind, value] of [
      ['bool', 'true'],
      ['uuid', '0190a6b2-7c1e-7000-8000-00000000002a'],
      ['date', '2026-03-01'],
      ['time', '01:02:03.456789'],
    ] as const) {
      it(`show repeated keys of type ${kind}`, () =>
        inWorld(async (client) => {
          const type = { kind };
          const key = [{ name: 'k', type, native: kind }];
          const staging = { schema: 'predictions', name: 'keys' };
          const literal = postgresDialect.literal({ type, text: value });
          await run(client, 'stage/create_table', { table: staging, columns: key });
          await client.query(`insert into predictions.keys values (${literal}), (${literal})`);
          assert.deepEqual((await run(client, 'gate/duplicate_samples', { staging, key })).rows, [[value]]);
        }));
    }
  });

  describe('of the source', () => {
    it('count rows and NULL keys, and promise no order', () =>
      inWorld(async (client) => {
        await client.query('insert into analytics.customers values (null, null, 1), (4, null, 1)');
        assert.deepEqual((await run(client, 'source/profile')).rows, [['5', '2', 'f']]);
        assert.deepEqual((await run(client, 'source/profile@one')).rows, [['5', '1', 'f']]);
        assert.deepEqual((await run(client, 'source/recount')).rows, [['4', '3']]);
      }));

    it('count in parallel', () =>
      inWorld(async (client) => {
        await client.query('set local min_parallel_table_scan_size = 0');
        await client.query('set local parallel_setup_cost = 0');
        const plan = (await ask(client, `explain ${renderContext(postgresSql, 'source/profile')}`)).rows;
        assert.match(plan.join('\n'), /Parallel Seq Scan/);
      }));

    it('freeze in the order of the key, texts by their bytes', () =>
      inWorld(async (client) => {
        await run(client, 'source/freeze');
        assert.deepEqual((await ask(client, 'table scorehouse.in_00000000002a')).rows, [
          ['1', '1', 'B', '20'],
          ['2', '1', 'a', null],
          ['3', '3', 'a', '10'],
        ]);
      }));
  });

  describe('of the ledger', () => {
    it('show the newest state of runs and versions, and what is live', () =>
      inWorld(async (client) => {
        await run(client, 'ledger/target_append');
        await run(client, 'ledger/run_append');
        assert.equal((await run(client, 'ledger/runs_open')).rows.length, 1);
        await run(client, 'ledger/run_append', { state: 'published', finished: true, resume: null });
        assert.equal((await run(client, 'ledger/runs_open')).rows.length, 0);
        for (const state of ['filling', 'live']) await run(client, 'ledger/version_append', { state });
        assert.deepEqual(
          (await run(client, 'ledger/versions_list')).rows.map((row) => [row[0], row[7]]),
          [['7', 'live']],
        );
        await run(client, 'ledger/publish_insert');
        const [status = []] = (await run(client, 'ledger/status')).rows;
        assert.deepEqual(status.slice(0, 4), ['churn', 'growth', '7', '3']);
        assert.equal(status.at(-1), 'published');
      }));

    it('keep the moment of a version, whatever the zone of the session', () =>
      inWorld(async (client) => {
        await run(client, 'ledger/version_append', { state: 'filling' });
        const scoredAt = (await run(client, 'ledger/versions_list')).rows[0]?.[5];
        await client.query("set local timezone = 'America/St_Johns'");
        await run(client, 'ledger/version_append', { state: 'live', scoredAt });
        const moments = 'select count(distinct scored_at), count(*) from scorehouse.version_log';
        assert.deepEqual((await ask(client, moments)).rows, [['1', '2']]);
      }));

    it('give ages as doubles, as other warehouses do', () =>
      inWorld(async (client) => {
        const type = `select pg_typeof(age_seconds) from scorehouse.target_status right join (select 1) as one on true`;
        assert.deepEqual((await ask(client, type)).rows, [['double precision']]);
      }));

    it('log a target again only when its owner changes', () =>
      inWorld(async (client) => {
        for (const owner of ['growth', 'growth', 'risk', null]) {
          await run(client, 'ledger/target_append', { owner });
        }
        const seqs = 'select owner from scorehouse.target_log order by seq';
        assert.deepEqual((await ask(client, seqs)).rows, [['growth'], ['risk'], [null]]);
      }));

    it('close what dead runs left open', () =>
      inWorld(async (client) => {
        await run(client, 'ledger/run_append');
        await run(client, 'ledger/runs_abandon');
        assert.deepEqual(
          (await run(client, 'ledger/runs_list@target')).rows.map((row) => row[2]),
          ['abandoned'],
        );
      }));

    it('know which schemas are there', () =>
      inWorld(async (client) => {
        assert.deepEqual((await run(client, 'ledger/schema_exists')).rows, [['1']]);
        assert.deepEqual((await run(client, 'ledger/schema_exists', { schema: 'Scorehouse' })).rows, [['0']]);
      }));

    it('are made by one of four first runs at the same time', async () => {
      await using fresh = await newDatabase();
      const migrate = () =>
        withClient(fresh.url, async (client) => {
          await client.query('begin');
          await run(client, 'ledger/serialise');
          for (const statement of renderLedgerWorld(postgresSql)) await client.query(statement);
          await client.query('commit');
        });
      const migrated = await Promise.allSettled([migrate(), migrate(), migrate(), migrate()]);
      assert.ok(migrated.some(({ status }) => status === 'fulfilled'));
      await withClient(fresh.url, async (client) => {
        assert.deepEqual((await ask(client, 'select number from scorehouse.migrations')).rows, [['1']]);
      });
    });
  });
});
