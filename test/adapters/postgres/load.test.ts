import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CanonicalType,
  isScoringError,
  type LoadPart,
  type Vector,
} from '../../../src/contract/index.js';
import { execute, NEVER, queryAll } from '../../support/duckdb.js';
import { type OpenPostgres, openPostgres } from '../../support/open-postgres.js';
import { newDatabase, queryValue, type TestDatabase } from '../../support/postgres.js';
import { makeVector } from '../../support/vectors.js';

const TABLE = { schema: 'public', name: 't' };
const RUN = '01920000-0000-7000-8000-00000000000f';

describe('loading', () => {
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
      'drop table if exists t',
      `create table t (run uuid, model text, at timestamptz, id bigint not null check (id <> 666), v text, f real, load bigint)`,
    ),
  );

  /** A part of rows from `from` on, with constants before, between and behind the vectors. */
  function makePart(loadKey: bigint, ids: readonly number[], texts: readonly (string | null)[]): LoadPart {
    const vector = (it: Vector) => ({ kind: 'vector', vector: it }) as const;
    const constant = (type: CanonicalType, value: number | bigint | string) =>
      ({ kind: 'constant', vector: makeVector(type, [value]) }) as const;
    return {
      loadKey,
      rows: ids.length,
      columns: [
        constant({ kind: 'uuid' }, BigInt(`0x${RUN.replaceAll('-', '')}`)),
        constant({ kind: 'text' }, 'mödel'),
        constant({ kind: 'timestamp', zoned: true }, 1_700_000_000_000_001n),
        vector(makeVector({ kind: 'int64' }, ids)),
        vector(makeVector({ kind: 'text' }, texts)),
        constant({ kind: 'float' }, 0.5),
        constant({ kind: 'int64' }, loadKey),
      ],
    };
  }

  async function* each(...parts: readonly LoadPart[]): AsyncGenerator<LoadPart> {
    yield* parts;
  }

  const count = () => queryValue(database.url, 'select count(*) from t');

  it('writes vectors and constants, of many parts and sizes', async () => {
    const ids = (from: number, rows: number) => Array.from({ length: rows }, (_, i) => from + i);
    const short = ids(1000, 5000);
    const wide = ids(6000, 3);
    const parts = each(
      makePart(
        1n,
        short,
        short.map((id) => (id % 3 === 0 ? null : `text ${id}`)),
      ),
      makePart(2n, wide, ['x'.repeat(600_000), null, 'y'.repeat(100_000)]),
      makePart(3n, [], []),
      makePart(4n, [9000], ['']),
    );
    assert.equal(await adapter.load(TABLE, parts, { signal: NEVER }), 5004);
    const rows = await queryAll(
      adapter,
      `select run, model, at, f, load, count(*), count(v), sum(length(v)), min(id), max(id) from t
       group by 1, 2, 3, 4, 5 order by load`,
    );
    const same = [RUN, 'mödel', '2023-11-14 22:13:20.000001+00', 0.5];
    const length = short.filter((id) => id % 3 !== 0).reduce((sum, id) => sum + `text ${id}`.length, 0);
    assert.deepEqual(rows, [
      [...same, 1n, 5000n, 3334n, BigInt(length), 1000n, 5999n],
      [...same, 2n, 3n, 2n, 700_000n, 6000n, 6002n],
      [...same, 4n, 1n, 1n, 0n, 9000n, 9000n],
    ]);
  });

  it('leaves out columns that take their defaults', async () => {
    await execute(adapter, "alter table t add extra text default 'here'");
    const columns = ['run', 'model', 'at', 'id', 'v', 'f', 'load'];
    await adapter.load(TABLE, each(makePart(1n, [1], ['a'])), { columns, signal: NEVER });
    assert.deepEqual(await queryAll(adapter, 'select id, extra from t'), [[1n, 'here']]);
  });

  it('of no part loads no rows, and runs what goes with it', async () => {
    const statements = [{ name: 'mark', sql: "insert into t (id, v) values (1, 'mark')" }];
    assert.equal(await adapter.load(TABLE, each(), { with: () => statements, signal: NEVER }), 0);
    assert.equal(await count(), '1');
  });

  it('asks for its statements when all rows are in, and counts on what they change', async () => {
    let loaded = 0;
    const parts = async function* () {
      for (const id of [1, 2]) {
        yield makePart(BigInt(id), [id], ['a']);
        loaded++;
      }
    };
    const statements = () => {
      assert.equal(loaded, 2);
      return [
        { name: 'fence', sql: 'select 1 from t for share', expect: { rows: 2, otherwise: 'LEASE_LOST' } },
        { name: 'update', sql: "update t set v = 'b'", expect: { rows: 2, otherwise: 'LEASE_LOST' } },
      ] as const;
    };
    await adapter.load(TABLE, parts(), { with: statements, signal: NEVER });
    assert.deepEqual(await queryAll(adapter, 'select v from t'), [['b'], ['b']]);
  });

  for (const { what, with: statements, part, code } of [
    {
      what: 'a statement that changes another number of rows',
      with: [{ name: 'fence', sql: 'select 1 where false', expect: { rows: 1, otherwise: 'LEASE_LOST' } }],
      part: () => makePart(1n, [1], ['a']),
      code: 'LEASE_LOST',
    },
    {
      what: 'a statement that fails',
      with: [{ name: 'x', sql: 'insert into nowhere values (1)' }],
      part: () => makePart(1n, [1], ['a']),
      code: 'WAREHOUSE',
    },
    {
      what: 'a row that a constraint refuses',
      with: [],
      part: () => makePart(1n, [1, 666], ['a', 'b']),
      code: 'CONSTRAINT',
    },
    {
      what: 'a part of another form than the table',
      with: [],
      part: () => ({ ...makePart(1n, [1], ['a']), columns: makePart(1n, [1], ['a']).columns.slice(1) }),
      code: 'WAREHOUSE',
    },
    {
      what: 'source of parts that fails',
      with: [],
      part: (): LoadPart => {
        throw new Error('no more');
      },
      code: 'WAREHOUSE',
    },
  ] as const) {
    it(`keeps nothing after a ${what}: ${code}`, async () => {
      const parts = async function* () {
        yield makePart(0n, [10, 11], ['a', null]);
        yield part();
      };
      await assert.rejects(adapter.load(TABLE, parts(), { with: () => [...statements], signal: NEVER }), {
        code,
      });
      assert.equal(await count(), '0');
      assert.equal(await adapter.load(TABLE, each(makePart(1n, [1], ['a'])), { signal: NEVER }), 1);
    });
  }

  it('names the column of a text with a NUL byte, and not the text', async () => {
    const part = makePart(1n, [1, 2], ['fine', 's3cret\0']);
    const columns = ['run', 'model', 'at', 'id', 'v', 'f', 'load'];
    await assert.rejects(adapter.load(TABLE, each(part), { columns, signal: NEVER }), (error) => {
      assert.ok(isScoringError(error));
      assert.match(error.message, /column "v" has a text with a NUL byte/);
      assert.doesNotMatch(`${error.stack}`, /s3cret/);
      return true;
    });
    assert.equal(await count(), '0');
  });

  it('takes a NUL byte under a NULL for nothing', async () => {
    const part = makePart(1n, [1, 2], ['fine', null]);
    const vector = makeVector({ kind: 'text' }, ['fine', '\0']);
    const validity = Uint8Array.of(1);
    const columns = part.columns.map((column, i) =>
      i === 4 ? ({ kind: 'vector', vector: { ...vector, validity } } as const) : column,
    );
    assert.equal(await adapter.load(TABLE, each({ ...part, columns }), { signal: NEVER }), 2);
    assert.deepEqual(await queryAll(adapter, 'select v from t order by id'), [['fine'], [null]]);
  });

  it('to a table that is not there is an error of the first part', async () => {
    const nowhere = { schema: 'public', name: 'nowhere' };
    await assert.rejects(adapter.load(nowhere, each(makePart(1n, [1], ['a'])), { signal: NEVER }), {
      code: 'WAREHOUSE',
    });
  });

  for (const { what, wait } of [
    { what: 'for its next part', wait: 'part' },
    { what: 'for a lock', wait: 'lock' },
    { what: 'for a trigger of the server', wait: 'trigger' },
  ] as const) {
    it(`is aborted while it waits ${what}, and keeps nothing`, async () => {
      const controller = new AbortController();
      const { signal } = controller;
      let release: () => void = () => undefined;
      if (wait === 'lock') release = await lockTable();
      if (wait === 'trigger') {
        await execute(
          adapter,
          "create or replace function nap() returns trigger language plpgsql as 'begin perform pg_sleep(60); return new; end'",
          'create trigger nap before insert on t for each row execute function nap()',
        );
      }
      const parts = async function* () {
        yield makePart(1n, [1], ['a']);
        if (wait === 'part') await new Promise(() => undefined);
      };
      const started = Date.now();
      const checked = assert.rejects(adapter.load(TABLE, parts(), { signal }), { code: 'INTERRUPTED' });
      await sleep(300);
      controller.abort();
      await checked;
      release();
      assert.ok(Date.now() - started < 20_000);
      assert.equal(await count(), '0');
      assert.deepEqual(await queryAll(adapter, 'select 1'), [[1n]]);
    });
  }

  /** Holds a lock that no row gets past, until it is released. */
  async function lockTable(): Promise<() => void> {
    const holder = await openPostgres({ url: database.url });
    const controller = new AbortController();
    const statements = [
      { name: 'lock', sql: 'lock table t in access exclusive mode' },
      { name: 'hold', sql: 'select pg_sleep(60)' },
    ];
    const holding = holder
      .execute(statements, { atomic: true, signal: controller.signal })
      .catch(() => undefined);
    while (
      (await queryValue(
        database.url,
        "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and relation = 't'::regclass",
      )) === '0'
    ) {
      await sleep(10);
    }
    return () => {
      controller.abort();
      void holding.then(() => holder.close());
    };
  }
});
