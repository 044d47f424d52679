import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Batch,
  BufferPool,
  type Column,
  isScoringError,
  isValid,
  type KeyTuple,
  type Query,
  type ReadOptions,
  type Snapshot,
  type Vector,
  valueToText,
} from '../../../src/contract/index.js';
import { execute, NEVER, queryAll } from '../../support/duckdb.js';
import { type OpenPostgres, openPostgres } from '../../support/open-postgres.js';
import {
  execute as executeAside,
  newDatabase,
  queryValue,
  type TestDatabase,
} from '../../support/postgres.js';

/** More connections than a pool holds. */
const MANY = 20;

/** How long the server may take to notice, in milliseconds; a machine under load is slow. */
const NOTICE_MS = 10_000;

describe('reading', () => {
  let database: TestDatabase;
  let adapter: OpenPostgres;
  before(async () => {
    database = await newDatabase();
    adapter = await openPostgres({ url: database.url });
    await execute(
      adapter,
      'create table big as select i as id, i * 0.5::real as half, repeat(md5(i::text), 3) as t from generate_series(1, 200000) as i',
      `create table odd as select i as id, case when i % 7 = 0 then null else i * 3 end as a,
         case when i > 5000 then null else i::text end as b, i % 2 = 0 as c from generate_series(1, 9000) as i`,
      `create table keys as select v as k from unnest(array['a', 'B', 'b', 'A', 'ä', 'z', '_', '', 'a b']) as v`,
      "create type mood as enum ('sad', 'ok', 'happy')",
      'create domain share as numeric(5, 4) check (value <= 1)',
      'create domain half_share as share',
    );
  });
  after(async () => {
    await adapter.close();
    await database[Symbol.asyncDispose]();
  });

  const read = (query: Query, columns: readonly Column[], options: Partial<ReadOptions> = {}) =>
    adapter.read(query, columns, {
      key: columns.slice(0, 1),
      chunkRows: 1000,
      order: 'key',
      buffers: new BufferPool(),
      signal: NEVER,
      ...options,
    });

  async function readAll(sql: string, options: Partial<ReadOptions> = {}): Promise<readonly Batch[]> {
    const columns = await adapter.describe({ sql }, NEVER);
    const batches: Batch[] = [];
    for await (const batch of read({ sql }, columns, options)) batches.push(batch);
    return batches;
  }

  const texts = (batches: readonly Batch[], column = 0): readonly (string | null)[] =>
    batches.flatMap(({ rows, columns }) => {
      const vector = columns[column] as Vector;
      return Array.from({ length: rows }, (_, row) =>
        isValid(vector, row) ? valueToText(vector, row) : null,
      );
    });

  /** Sessions of this database that run a statement with the mark in it. */
  const running = async (mark: string): Promise<number> =>
    Number(
      await queryValue(
        database.url,
        `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and state <> 'idle' and query like '%${mark}%'`,
      ),
    );

  async function untilGone(mark: string): Promise<void> {
    const deadline = Date.now() + NOTICE_MS;
    while ((await running(mark)) > 0) {
      assert.ok(Date.now() < deadline, `${mark} still runs`);
      await sleep(20);
    }
  }

  describe('types', () => {
    for (const [sql, native, type, shown] of [
      ['1::smallint', 'smallint', { kind: 'int32' }, '1'],
      ["'x'", 'text', { kind: 'text' }, 'x'],
      ["'ab'::char(4)", 'character(4)', { kind: 'text' }, 'ab'],
      ["'ab  '::varchar(4)", 'character varying(4)', { kind: 'text' }, 'ab  '],
      ["'x'::name", 'name', { kind: 'text' }, 'x'],
      [`'x'::"char"`, '"char"', { kind: 'text' }, 'x'],
      ["'happy'::mood", 'mood', { kind: 'text' }, 'happy'],
      ['0.25::share', 'numeric(5,4)', { kind: 'decimal', precision: 5, scale: 4 }, '0.2500'],
      ['0.25::half_share', 'numeric(5,4)', { kind: 'decimal', precision: 5, scale: 4 }, '0.2500'],
      ['0.00012::numeric(2, 5)', 'numeric(2,5)', { kind: 'decimal', precision: 5, scale: 5 }, '0.00012'],
      ['null', 'text', { kind: 'text' }, null],
      ["'NaN'::float8", 'double precision', { kind: 'double' }, 'NaN'],
      ["'infinity'::timestamptz", 'timestamp with time zone', { kind: 'timestamp', zoned: true }, 'infinity'],
      ["'24:00'::time", 'time without time zone', { kind: 'time' }, '24:00:00.000000'],
      ['count(*)', 'bigint', { kind: 'int64' }, '1'],
    ] as const) {
      it(`${sql} is ${native}, ${type.kind}`, async () => {
        const query = `select ${sql} as v`;
        const [column] = await adapter.describe({ sql: query }, NEVER);
        assert.deepEqual(column, { name: 'v', native, type });
        assert.deepEqual(texts(await readAll(query, { order: 'any' })), [shown]);
      });
    }

    it('a numeric without precision is read as double, and said to be inexact', async () => {
      const query = 'select 12345678901234567890.5::numeric as v';
      const [column] = await adapter.describe({ sql: query }, NEVER);
      assert.deepEqual(column, { name: 'v', native: 'numeric', type: { kind: 'double' }, inexact: true });
      assert.deepEqual(texts(await readAll(query, { order: 'any' })), ['12345678901234567000']);
    });

    for (const sql of [
      "'{}'::jsonb",
      "array['a']",
      "'1 day'::interval",
      "'12:00+01'::timetz",
      'int4range(1, 2)',
      'row(1)',
      "'1'::numeric(39, 1)",
      '1::numeric(5, -2)',
      "'<a/>'::xml",
      "'127.0.0.1'::inet",
      '1::oid',
    ]) {
      it(`${sql} is refused by name`, async () => {
        await assert.rejects(
          adapter.describe({ sql: `select 1 as id, ${sql} as "odd one"` }, NEVER),
          (error) => {
            assert.ok(isScoringError(error) && error.code === 'SOURCE_INVALID');
            assert.match(error.message, /^column "odd one" has type \S+/);
            assert.match(error.hint ?? '', /cast/);
            return true;
          },
        );
      });
    }

    for (const [sql, says] of [
      ["'NaN'::numeric(5, 2)", /column "v" holds NaN or infinity/],
      ["'294247-01-11'::timestamp", /column "v" holds a timestamp after/],
      ['1 / (1 - id)', /division by zero/],
    ] as const) {
      it(`${sql} fails when it is met, and the connection is good again`, async () => {
        const query = `select id, ${sql} as v from big where id = 1`;
        await assert.rejects(readAll(query), (error) => {
          assert.ok(isScoringError(error) && error.code === 'WAREHOUSE');
          assert.match(error.message, says);
          return true;
        });
        assert.deepEqual(await queryAll(adapter, 'select 1'), [[1n]]);
      });
    }
  });

  describe('describe', () => {
    it('reads no rows', async () => {
      const slow = 'select i, pg_sleep(10)::text as s from generate_series(1, 100) as i order by 2';
      const started = Date.now();
      await adapter.describe({ sql: slow }, NEVER);
      assert.ok(Date.now() - started < 5000);
    });

    for (const sql of [
      'delete from big returning id',
      'with gone as (delete from big returning id) select * from gone',
      "select nextval('s') as id",
      'select 1 as id; drop table big',
      'select 1 as id) as x; drop table big; select * from (select 1 as id',
      'select * from nowhere',
      'select nothing from big',
      'selec 1',
      '',
    ]) {
      it(`refuses ${JSON.stringify(sql)}: exit code 2`, async () => {
        await assert.rejects(adapter.describe({ sql }, NEVER), { code: 'SOURCE_INVALID' });
        assert.deepEqual(await queryAll(adapter, 'select count(*) from big'), [[200_000n]]);
      });
    }

    it('takes question marks, dollars, comments and quotes as they are', async () => {
      const sql = `select '?' as "a?", '$1' as "b$1", E'\\?' as c, '{"a": 1}'::jsonb ? 'a' as d -- end?`;
      assert.deepEqual(
        (await adapter.describe({ sql }, NEVER)).map(({ name }) => name),
        ['a?', 'b$1', 'c', 'd'],
      );
      assert.deepEqual(texts(await readAll(sql, { order: 'any' }), 3), ['true']);
    });
  });

  describe('batches', () => {
    it('hold NULLs wherever they begin and end', async () => {
      const batches = await readAll('select * from odd', { chunkRows: 1300 });
      assert.deepEqual(
        batches.map(({ rows }) => rows),
        [1300, 1300, 1300, 1300, 1300, 1300, 1200],
      );
      const expected = (f: (i: number) => unknown) => Array.from({ length: 9000 }, (_, i) => f(i + 1));
      assert.deepEqual(texts(batches, 0), expected(String));
      assert.deepEqual(
        texts(batches, 1),
        expected((i) => (i % 7 === 0 ? null : String(i * 3))),
      );
      assert.deepEqual(
        texts(batches, 2),
        expected((i) => (i > 5000 ? null : String(i))),
      );
      assert.deepEqual(
        texts(batches, 3),
        expected((i) => String(i % 2 === 0)),
      );
      assert.equal(batches[0]?.columns[0]?.validity, null);
    });

    it('close on 16 MB of texts, whatever their rows', async () => {
      const sql = "select i as id, repeat('x', 3000000) as t from generate_series(1, 12) as i";
      const batches = await readAll(sql, { chunkRows: 65_536 });
      assert.deepEqual(
        batches.map(({ rows }) => rows),
        [6, 6],
      );
      assert.equal(valueToText(batches[1]?.columns[1] as Vector, 5).length, 3_000_000);
    });

    it('use the memory again that was given back', async () => {
      const buffers = new BufferPool();
      const columns = await adapter.describe({ sql: 'select id, half from big' }, NEVER);
      const seen = new Set<ArrayBufferLike>();
      let batches = 0;
      for await (const batch of read({ sql: 'select id, half from big' }, columns, { buffers })) {
        const memory = batch.columns.map(({ values }) => values.buffer as ArrayBuffer);
        for (const buffer of memory) seen.add(buffer);
        buffers.give(memory);
        batches++;
      }
      assert.equal(batches, 200);
      // A chunk of the socket may hold some ten batches of these.
      assert.ok(seen.size < 60, `${seen.size} buffers`);
    });

    it('of nothing are none', async () => {
      assert.deepEqual(await readAll('select id from big where false'), []);
    });
  });

  describe('order and ranges', () => {
    it('text keys ascend by their bytes', async () => {
      const keys = texts(await readAll('select k from keys', { chunkRows: 2 }));
      const bytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a ?? ''), Buffer.from(b ?? '')));
      assert.deepEqual(keys, bytes);
    });

    for (const { what, sql, key } of [
      { what: 'an integer', sql: 'select id, half from big', key: ['id'] },
      { what: 'a text', sql: 'select md5(id::text) as k, id from big where id <= 5000', key: ['k'] },
      { what: 'char(n)', sql: 'select id::char(8) as k from big where id <= 2000', key: ['k'] },
      {
        what: 'an enum',
        sql: 'select (enum_range(null::mood))[1 + id % 3] as m, id from big where id <= 900',
        key: ['m', 'id'],
      },
      {
        what: 'two columns',
        sql: 'select id % 7 as a, md5(id::text) as b from big where id <= 3000',
        key: ['a', 'b'],
      },
      {
        what: 'a timestamp',
        sql: "select timestamptz '2024-01-01' - id * interval '1 us' as t from big where id <= 3000",
        key: ['t'],
      },
      {
        what: 'a time before our own',
        sql: "select timestamp '0001-01-01 BC' + id * interval '7 days' as t from big where id <= 300",
        key: ['t'],
      },
      {
        what: 'a decimal',
        sql: 'select (id * 0.01)::numeric(20, 2) as d from big where id <= 3000',
        key: ['d'],
      },
      { what: 'a uuid', sql: 'select md5(id::text)::uuid as u from big where id <= 3000', key: ['u'] },
    ]) {
      it(`ranges of ${what} hold every row once, in about equal parts`, async () => {
        await using snapshot = await adapter.snapshot(NEVER);
        const query = { sql };
        const columns = await adapter.describe(query, NEVER);
        const keys = key.map((name) => columns.find((column) => column.name === name) as Column);
        const bounds = await adapter.ranges(query, keys, 4, { snapshot, signal: NEVER });
        assert.ok(bounds.length <= 3);
        const found: (readonly (string | null)[])[] = [];
        const whole = await readRange(query, columns, keys, null, null, snapshot);
        for (let i = 0; i <= bounds.length; i++) {
          found.push(
            await readRange(query, columns, keys, bounds[i - 1] ?? null, bounds[i] ?? null, snapshot),
          );
        }
        // Compared as one text: the difference of long lists takes minutes to work out.
        assert.ok(found.flat().join('\n') === whole.join('\n'));
        const largest = Math.max(...found.map((rows) => rows.length));
        if (key[0] !== 'm') assert.ok(largest < whole.length * 0.45, `${largest} of ${whole.length}`);
      });
    }

    async function readRange(
      query: Query,
      columns: readonly Column[],
      key: readonly Column[],
      lo: KeyTuple | null,
      hi: KeyTuple | null,
      snapshot: Snapshot,
    ): Promise<readonly (string | null)[]> {
      const batches: Batch[] = [];
      for await (const batch of read(query, columns, { key, range: { lo, hi }, snapshot }))
        batches.push(batch);
      const parts = columns.map((_, i) => texts(batches, i));
      return (parts[0] ?? []).map((_, row) => parts.map((part) => part[row]).join('|'));
    }
  });

  describe('a snapshot', () => {
    it('is shared by readers and queries at the same time, whatever is written', async () => {
      await execute(adapter, 'create table moving as select i as id from generate_series(1, 30000) as i');
      const snapshot = await adapter.snapshot(NEVER);
      assert.match(snapshot.id, /^[0-9A-F-]+$/);
      await execute(adapter, 'delete from moving where id <= 10000', 'insert into moving values (99999)');
      const sql = 'select id from moving';
      const ranges = [
        { lo: null, hi: [{ type: { kind: 'int32' }, text: '15000' }] },
        { lo: [{ type: { kind: 'int32' }, text: '15000' }], hi: null },
      ] as const;
      const parts = await Promise.all(ranges.map((range) => readAll(sql, { range, snapshot })));
      assert.deepEqual(
        texts(parts.flat()),
        Array.from({ length: 30_000 }, (_, i) => String(i + 1)),
      );
      const count = { name: 'count', sql: 'select count(*) from moving' };
      const ask = async (options: { snapshot?: Snapshot }) =>
        (await adapter.query(count, { maxRows: 1, signal: NEVER, ...options })).rows;
      assert.deepEqual(await ask({ snapshot }), [[30_000n]]);
      assert.deepEqual(await ask({}), [[20_001n]]);
      await snapshot[Symbol.asyncDispose]();
      await assert.rejects(ask({ snapshot }));
    });

    it('outlives a query under it that fails', async () => {
      await using snapshot = await adapter.snapshot(NEVER);
      const options = { maxRows: 1, snapshot, signal: NEVER };
      await assert.rejects(adapter.query({ name: 'x', sql: 'select 1 / 0' }, options), { code: 'WAREHOUSE' });
      assert.deepEqual((await adapter.query({ name: 'x', sql: 'select 1' }, options)).rows, [[1n]]);
    });

    it('that is lost with its connection is said to be so', async () => {
      await using snapshot = await adapter.snapshot(NEVER);
      await executeAside(
        database.url,
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'",
      );
      const query = adapter.query({ name: 'x', sql: 'select 1' }, { maxRows: 1, snapshot, signal: NEVER });
      await assert.rejects(query, (error) => {
        assert.ok(isScoringError(error) && error.code === 'CONNECTION' && error.retryable);
        assert.match(error.message, /snapshot is gone/);
        return true;
      });
    });

    it('lets nobody write through it', async () => {
      await using snapshot = await adapter.snapshot(NEVER);
      const options = { maxRows: 1, snapshot, signal: NEVER };
      await assert.rejects(adapter.query({ name: 'x', sql: 'create table never (i int)' }, options), {
        code: 'PERMISSION',
      });
    });
  });

  describe('ending early', () => {
    it('lets the connection go, more often than the pool has connections', async () => {
      const sql = 'select id, t as early_break from big';
      const columns = await adapter.describe({ sql }, NEVER);
      for (let i = 0; i < MANY; i++) {
        for await (const batch of read({ sql }, columns)) {
          assert.equal(batch.rows, 1000);
          break;
        }
      }
      await untilGone('early_break');
    });

    it('ends a sort on the server that has sent nothing yet', async () => {
      const sql = 'select a.id + b.id as id, 1 as long_sort from big as a, big as b';
      const columns = await adapter.describe({ sql }, NEVER);
      const controller = new AbortController();
      const started = Date.now();
      const reading = (async () => {
        for await (const _ of read({ sql }, columns, { signal: controller.signal }))
          assert.fail('no row can come');
      })();
      const checked = assert.rejects(reading, { code: 'INTERRUPTED', stage: 'extract' });
      while ((await running('long_sort')) === 0) await sleep(20);
      controller.abort();
      await checked;
      await untilGone('long_sort');
      assert.ok(Date.now() - started < NOTICE_MS);
    });

    it('an abort in the loop ends it at once', async () => {
      const controller = new AbortController();
      const sql = 'select id, t as aborted_loop from big';
      const columns = await adapter.describe({ sql }, NEVER);
      let batches = 0;
      await assert.rejects(
        async () => {
          for await (const _ of read({ sql }, columns, { signal: controller.signal })) {
            if (++batches === 2) controller.abort();
          }
        },
        { code: 'INTERRUPTED' },
      );
      assert.equal(batches, 2);
      await untilGone('aborted_loop');
    });

    it('an abort before the call reads nothing', async () => {
      const sql = 'select id from big';
      const columns = await adapter.describe({ sql }, NEVER);
      const batches = read({ sql }, columns, { signal: AbortSignal.abort() });
      await assert.rejects(batches[Symbol.asyncIterator]().next(), { code: 'INTERRUPTED' });
    });

    it('a backend that is killed is a lost connection, and the next read is well', async () => {
      const sql = 'select id, t as killed_read from big';
      const columns = await adapter.describe({ sql }, NEVER);
      await assert.rejects(
        async () => {
          for await (const _ of read({ sql }, columns)) {
            await queryValue(
              database.url,
              "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like '%killed_read%' and pid <> pg_backend_pid()",
            );
          }
        },
        (error) => isScoringError(error) && error.code === 'CONNECTION' && error.retryable,
      );
      assert.equal(texts(await readAll('select id from big where id = 7'))[0], '7');
    });
  });
});
