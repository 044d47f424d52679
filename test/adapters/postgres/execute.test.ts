import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError } from '../../../src/contract/index.js';
import { execute, NEVER, queryAll } from '../../support/duckdb.js';
import { type OpenPostgres, openPostgres } from '../../support/open-postgres.js';
import {
  execute as executeAside,
  newDatabase,
  postgresUrl,
  queryValue,
  type TestDatabase,
  withClient,
} from '../../support/postgres.js';

describe('statements', () => {
  let database: TestDatabase;
  let adapter: OpenPostgres;
  before(async () => {
    database = await newDatabase();
    adapter = await openPostgres({ url: database.url });
  });
  after(async () => {
    await adapter.close();
    await database[Symbol.asyncDispose]();
  });
  beforeEach(() =>
    execute(
      adapter,
      'drop table if exists t cascade',
      'create table t (id int unique)',
      'insert into t values (1)',
    ),
  );

  const run = (
    sqls: readonly string[],
    options: { atomic?: boolean; lockWaitMs?: number; signal?: AbortSignal } = {},
  ) =>
    adapter.execute(
      sqls.map((sql, i) => ({ name: `s${i}`, sql })),
      { atomic: true, signal: NEVER, ...options },
    );
  const ids = async () => (await queryAll(adapter, 'select id from t order by id')).map(([id]) => Number(id));

  it('answer with the rows that they change, or return', async () => {
    const results = await run([
      'insert into t values (2), (3)',
      'update t set id = id + 10 where id > 1',
      'select * from t for share',
      'delete from t where false',
      'create table made (i int)',
      'drop table made',
    ]);
    assert.deepEqual(
      results.map(({ rowsAffected }) => rowsAffected),
      [2, 2, 3, 0, 0, 0],
    );
  });

  for (const atomic of [true, false]) {
    it(`${atomic ? 'all or none' : 'one by one'}: what stands after the second one fails`, async () => {
      await assert.rejects(run(['insert into t values (2)', 'insert into t values (1)'], { atomic }), {
        code: 'CONSTRAINT',
        message: /^s1: duplicate key value violates unique constraint "t_id_key"$/,
      });
      assert.deepEqual(await ids(), atomic ? [1] : [1, 2]);
    });
  }

  it('that change other numbers of rows than expected are rolled back', async () => {
    const statements = [
      { name: 'insert', sql: 'insert into t values (2)' },
      {
        name: 'update',
        sql: 'update t set id = 3 where id = 99',
        expect: { rows: 1, otherwise: 'LEASE_LOST' },
      },
    ] as const;
    await assert.rejects(adapter.execute(statements, { atomic: true, signal: NEVER }), (error) => {
      assert.ok(isScoringError(error) && error.code === 'LEASE_LOST');
      assert.deepEqual(error.details, { statement: 'update', rowsChanged: 0, expected: 1 });
      return true;
    });
    assert.deepEqual(await ids(), [1]);
  });

  it('hold one statement each, whatever their text', async () => {
    for (const atomic of [true, false]) {
      await assert.rejects(run(['insert into t values (2); insert into t values (3)'], { atomic }));
    }
    await assert.rejects(
      adapter.query({ name: 'x', sql: 'select 1; drop table t' }, { maxRows: 1, signal: NEVER }),
    );
    assert.deepEqual(await ids(), [1]);
  });

  it('that no transaction may hold run one by one', async () => {
    await run([
      'create table p (v int) partition by list (v)',
      'create table p1 partition of p for values in (1)',
    ]);
    await run(['alter table p detach partition p1 concurrently', 'vacuum t'], { atomic: false });
    assert.equal(await queryValue(database.url, 'select count(*) from pg_inherits'), '0');
  });

  for (const atomic of [true, false]) {
    it(`wait for a lock as long as they may, ${atomic ? 'together' : 'one by one'}`, async () => {
      await using patient = await openPostgres({ url: database.url, lock_timeout: '1 h' });
      await withClient(database.url, async (client) => {
        await client.query('begin');
        await client.query('lock table t in access share mode');
        const started = Date.now();
        const statements = [{ name: 'drop', sql: 'drop table t' }];
        await assert.rejects(
          patient.execute(statements, { atomic, lockWaitMs: 100, signal: NEVER }),
          (error) => isScoringError(error) && error.code === 'TIMEOUT' && error.retryable,
        );
        assert.ok(Date.now() - started < 10_000);
        await client.query('rollback');
      });
      assert.deepEqual(await queryAll(patient, "select current_setting('lock_timeout')"), [['1h']]);
    });
  }

  it('are cancelled on the server by an abort', async () => {
    for (const atomic of [true, false]) {
      const controller = new AbortController();
      const started = Date.now();
      const checked = assert.rejects(
        run(['insert into t values (2)', 'select pg_sleep(60)'], { atomic, signal: controller.signal }),
        { code: 'INTERRUPTED', stage: 'publish' },
      );
      await sleep(200);
      controller.abort();
      await checked;
      assert.ok(Date.now() - started < 10_000);
      const busy =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
      assert.equal(await queryValue(database.url, busy), '0');
      assert.deepEqual(await ids(), atomic ? [1] : [1, 2]);
    }
  });

  it('of an aborted call never begin', async () => {
    await assert.rejects(run(['insert into t values (2)'], { signal: AbortSignal.abort() }), {
      code: 'INTERRUPTED',
    });
    assert.deepEqual(await ids(), [1]);
  });

  it('end at the statement timeout', async () => {
    await using hasty = await openPostgres({ url: database.url, statement_timeout: '100 ms' });
    await assert.rejects(queryAll(hasty, 'select pg_sleep(60)'), (error) => {
      assert.ok(isScoringError(error) && error.code === 'TIMEOUT');
      assert.match(error.hint ?? '', /statement_timeout/);
      return true;
    });
    assert.deepEqual(await queryAll(hasty, 'select 1'), [[1n]]);
  });

  it('that lock each other are a conflict', async () => {
    await execute(adapter, 'insert into t values (2)');
    await withClient(database.url, async (client) => {
      await client.query('begin');
      await client.query('update t set id = id where id = 2');
      const ours = run(['update t set id = id where id = 1', 'update t set id = id where id = 2']).catch(
        (error) => error,
      );
      while ((await queryValue(database.url, 'select count(*) from pg_locks where not granted')) === '0')
        await sleep(10);
      const theirs = await client.query('update t set id = id where id = 1').catch((error: unknown) => error);
      await client.query('rollback');
      const lost = await ours;
      if (isScoringError(lost)) assert.deepEqual([lost.code, lost.retryable], ['CONFLICT', true]);
      else assert.ok(theirs instanceof Error);
    });
  });

  it('of a backend that is killed are a lost connection, and the next ones are well', async () => {
    const kill = 'select pg_terminate_backend(pg_backend_pid())';
    for (const atomic of [true, false]) {
      await assert.rejects(
        run(['insert into t values (2)', kill], { atomic }),
        (error) => isScoringError(error) && error.code === 'CONNECTION' && error.retryable,
      );
      assert.deepEqual(await ids(), atomic ? [1] : [1, 2]);
    }
  });

  it('small results have values for what JavaScript has, and texts', async () => {
    const sql = `select 1::smallint as a, 2 as b, 3::bigint as c, 0.5::real as d, 'NaN'::float8 as e, true as f, 1.50 as g,
      'x' as h, null as i, date '2024-02-29' as j, '\\x00ff'::bytea as k, array[1, 2] as l, timestamptz '2024-01-01 12:00+02' as m`;
    const { columns, rows } = await adapter.query({ name: 'x', sql }, { maxRows: 1, signal: NEVER });
    assert.deepEqual(columns, [...'abcdefghijklm']);
    assert.deepEqual(rows, [
      [
        1n,
        2n,
        3n,
        0.5,
        Number.NaN,
        true,
        '1.50',
        'x',
        null,
        '2024-02-29',
        '\\x00ff',
        '{1,2}',
        '2024-01-01 10:00:00+00',
      ],
    ]);
  });

  it('a result of more rows than it may have is an error, and ends', async () => {
    const sql = 'select i from generate_series(1, 1000000) as i';
    await assert.rejects(adapter.query({ name: 'many', sql }, { maxRows: 3, signal: NEVER }), {
      code: 'INVARIANT',
      message: 'many returned more than 3 rows',
    });
    const { rows } = await adapter.query(
      { name: 'few', sql: 'values (1), (2), (3)' },
      { maxRows: 3, signal: NEVER },
    );
    assert.equal(rows.length, 3);
  });

  describe('without the right', () => {
    const role = `reader_${process.pid}`;
    let reader: OpenPostgres;
    before(async () => {
      await executeAside(
        database.url,
        `create role ${role} login password 'pw'`,
        'create schema closed',
        'create table closed.t (i int)',
        'create schema open',
        `grant usage on schema open to ${role}`,
        'create table open.secret (i int)',
        'create view open.seen as select * from closed.t',
        `revoke all on database ${database.name} from public`,
        `grant connect on database ${database.name} to ${role}`,
      );
      reader = await openPostgres({ url: database.url, user: role, password: 'pw' });
    });
    after(async () => {
      await reader.close();
      await executeAside(database.url, `drop owned by ${role} cascade`);
      await executeAside(postgresUrl(), `drop role ${role}`);
    });

    for (const { sql, says, grant } of [
      { sql: 'select * from closed.t', says: /schema closed/, grant: 'USAGE ON SCHEMA "closed"' },
      { sql: 'select * from open.secret', says: /table secret/, grant: 'SELECT ON TABLE "open"."secret"' },
      { sql: 'select * from open.seen', says: /view seen/, grant: 'SELECT ON TABLE "open"."seen"' },
    ]) {
      it(`${sql} says what is missing: exit code 6`, async () => {
        await assert.rejects(reader.describe({ sql }, NEVER), {
          code: 'PERMISSION',
          message: says,
          hint: `GRANT ${grant} TO "${role}";`,
        });
      });
    }

    for (const { sql, grant } of [
      { sql: 'create schema mine', grant: `CONNECT, CREATE ON DATABASE` },
      { sql: 'create table open.mine (i int)', grant: 'USAGE, CREATE ON SCHEMA "open"' },
      {
        sql: 'insert into open.secret values (1)',
        grant: 'SELECT, INSERT, UPDATE, DELETE ON TABLE "open"."secret"',
      },
    ]) {
      it(`${sql} says what is missing: exit code 6`, async () => {
        const statements = [{ name: 'x', sql }];
        await assert.rejects(reader.execute(statements, { atomic: true, signal: NEVER }), (error) => {
          assert.ok(isScoringError(error) && error.code === 'PERMISSION');
          assert.ok(error.hint?.startsWith(`GRANT ${grant}`), error.hint);
          return true;
        });
      });
    }

    it('what is there and may not be seen is no null', async () => {
      for (const [relation, hint] of [
        [{ schema: 'closed', name: 't' }, `GRANT USAGE ON SCHEMA "closed" TO "${role}";`],
        [{ schema: 'open', name: 'secret' }, `GRANT SELECT ON TABLE "open"."secret" TO "${role}";`],
      ] as const) {
        await assert.rejects(reader.inspect(relation, NEVER), { code: 'PERMISSION', hint });
      }
      assert.equal(await reader.inspect({ schema: 'open', name: 'nothing' }, NEVER), null);
    });
  });
});
