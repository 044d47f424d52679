import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import {
  BufferPool,
  type Column,
  type KeyTuple,
  type RangingAdapter,
  renderKeyRange,
  renderKeyTuple,
} from '../../src/contract/index.js';
import { FIRST_CHUNK, readChunks } from '../../src/extract/chunks.js';
import { readProfile } from '../../src/extract/source.js';
import { newRenderer } from '../../src/sql/renderer.js';
import { execute, NEVER, openDuckdb, queryAll } from '../support/duckdb.js';
import { makeFolder } from '../support/project.js';

const ROWS = 100_000;
const SEED = 20_240_607;
/** More than the sum of all row numbers. */
const COUNT_UNIT = 2n ** 40n;
/** Runs of each way of paging for each key. */
const RUNS = 2;

/** A key: its columns with their types, and SQL over row number `i` that gives each row its own value. */
interface KeyCase {
  readonly name: string;
  readonly columns: readonly { readonly type: string; readonly value: string }[];
}

const WALL_CLOCK = `case i % 10
  when 8 then make_timestamp(-62135596800000000 - i * 1000003)
  when 9 then make_timestamp(253402300800000000 + i * 1000003)
  else make_timestamp(i - 50000) end`;

const TEXTS = `case i % 12
  when 0 then 'key' || i // 12
  when 1 then 'KEY' || i // 12
  when 2 then 'Key' || i // 12
  when 3 then '😀' || i
  when 4 then 'ｚ' || i
  when 5 then 'café' || i
  when 6 then 'cafe' || chr(769) || i
  when 7 then '日本語の長い鍵' || i
  when 8 then '''"\\\`;--' || i
  when 9 then ' ' || i || ' '
  when 10 then chr(10) || chr(9) || i
  else 'longer than twelve bytes ' || i end`;

const CASES: readonly KeyCase[] = [
  one(
    'int64 beyond 2^53',
    'bigint',
    `case i when 0 then -9223372036854775808 when 1 then 9223372036854775807
      else (case when i % 2 = 0 then 9007199254740992 + i else -9007199254740992 - i end) end`,
  ),
  one(
    'decimal(38,10)',
    'decimal(38,10)',
    `cast(cast(i - 50000 as decimal(6,0)) * cast('12345678901234567.8901234567' as decimal(28,10)) as decimal(38,10))`,
  ),
  one(
    'decimal(18,4)',
    'decimal(18,4)',
    "cast((i - 50000) || '12345678.' || lpad(cast(i % 10000 as varchar), 4, '0') as decimal(18,4))",
  ),
  one('ubigint', 'ubigint', 'cast(18446744073709551615 - i as ubigint)'),
  one('text', 'varchar', `case i when 0 then '' when 1 then chr(0) else ${TEXTS} end`),
  one('text collate nocase', 'varchar collate nocase', `case i when 0 then '' else ${TEXTS} end`),
  one('uuid', 'uuid', 'cast(md5(cast(i as varchar)) as uuid)'),
  one(
    'date',
    'date',
    `case i when 0 then date '5877642-06-25 (BC)' when 1 then date '5881580-07-10'
      when 2 then date '-infinity' when 3 then date 'infinity'
      else date '1970-01-01' + cast(i * 80 - 1500000 as integer) end`,
  ),
  one(
    'timestamp',
    'timestamp',
    `case i when 0 then timestamp '290309-12-22 (BC) 00:00:00' when 1 then timestamp '294247-01-10 04:00:54.775806'
      when 2 then timestamp '-infinity' when 3 then timestamp 'infinity' else ${WALL_CLOCK} end`,
  ),
  one(
    'timestamptz',
    'timestamptz',
    `cast(case i when 2 then timestamp '-infinity' when 3 then timestamp 'infinity' else ${WALL_CLOCK} end as timestamptz)`,
  ),
  one('time', 'time', "cast(time '00:00:00' + to_microseconds(i * 863999) as time)"),
  {
    name: 'bool, int32',
    columns: [
      { type: 'boolean', value: 'i % 2 = 0' },
      { type: 'integer', value: 'cast(i // 2 - 25000 as integer)' },
    ],
  },
  {
    name: 'enum, smallint, int32',
    columns: [
      { type: "enum('z', 'a', 'M', 'ä')", value: "(['z', 'a', 'M', 'ä'])[i % 4 + 1]" },
      { type: 'smallint', value: 'cast(i % 7 - 3 as smallint)' },
      { type: 'integer', value: 'cast(i as integer)' },
    ],
  },
  {
    name: 'text, timestamp, int64',
    columns: [
      { type: 'varchar collate nocase', value: "(['de', 'DE', 'ß', '😀', '', 'it''s'])[i % 6 + 1]" },
      { type: 'timestamp', value: 'make_timestamp(i % 1000 - 500)' },
      { type: 'bigint', value: '9007199254740992 + i // 3000' },
    ],
  },
];

/** `ascending`: the table's rows stand in key order. */
const WAYS = [
  { name: 'an ordered scan', paging: 'scan', order: 'key', ascending: false },
  { name: 'a scan in stored order', paging: 'scan', order: 'stored', ascending: true },
  { name: 'ranges', paging: 'ranges', order: 'key', ascending: false },
] as const;

type Way = (typeof WAYS)[number];

/** A chunk's range as it is recorded, and what was read under it. */
interface ReadRange {
  readonly lo: KeyTuple | null;
  readonly hi: KeyTuple;
  readonly rows: number;
  /** Sum of the row numbers. */
  readonly sum: number;
}

for (const keyCase of CASES) {
  test(`${ROWS} rows are each read once by key (${keyCase.name})`, async (t) => {
    t.diagnostic(`seed ${SEED}`);
    await using adapter = await openDuckdb(join(makeFolder(t), 'keys.duckdb'));
    for (const way of WAYS) await proveWay(t, adapter, keyCase, way);
  });
}

async function proveWay(t: TestContext, adapter: RangingAdapter, keyCase: KeyCase, way: Way): Promise<void> {
  const { key, columns, query } = await makeTable(adapter, keyCase, way.ascending);
  await using snapshot = await adapter.snapshot(NEVER);
  const profile = await readProfile(adapter, newRenderer(adapter.dialect), query, key, snapshot, NEVER);
  assert.deepEqual(profile, { rows: ROWS, nullKeys: 0, ascending: way.ascending });
  const sizes = fc.record({
    chunkRows: fc.integer({ min: 1500, max: 40_000 }),
    rangeRows: fc.integer({ min: 2000, max: 60_000 }),
  });
  const property = fc.asyncProperty(sizes, async ({ chunkRows, rangeRows }) => {
    const { paging, order } = way;
    const plan = { sql: query.sql, sqlHash: '', columns, key, snapshot: 'live', paging, order } as const;
    const seen = new Uint8Array(ROWS);
    const ranges: ReadRange[] = [];
    const chunks = readChunks(
      adapter,
      newRenderer(adapter.dialect),
      query,
      { ...plan, plain: true, chunkRows, rangeRows },
      ROWS,
      snapshot,
      new BufferPool(),
      FIRST_CHUNK,
      NEVER,
    );
    for await (const { number, lo, hi, batch } of chunks) {
      assert.equal(number, ranges.length);
      const numbers = batch.columns[0]?.values as Int32Array;
      let sum = 0;
      for (let row = 0; row < batch.rows; row++) {
        const i = numbers[row] as number;
        sum += i;
        seen[i] = (seen[i] as number) + 1;
      }
      ranges.push({ lo, hi, rows: batch.rows, sum });
    }
    assert.ok(
      seen.every((times) => times === 1),
      'every row once',
    );
    assert.ok(ranges.length >= ROWS / chunkRows, 'chunks no larger than asked for');
    assertContiguous(ranges);
    await assertSelectable(adapter, key, ranges);
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.diagnostic(`${way.name}: ${RUNS} runs`);
}

async function makeTable(adapter: RangingAdapter, keyCase: KeyCase, ascending: boolean) {
  const definitions = keyCase.columns.map(({ type }, i) => `k${i} ${type}`).join(', ');
  const values = keyCase.columns.map(({ value }, i) => `${value} as k${i}`).join(', ');
  await execute(
    adapter,
    'drop table if exists unsorted',
    'drop table if exists source',
    `create table unsorted (i integer, ${definitions})`,
    `insert into unsorted select i, ${values} from range(${ROWS}) as numbers(i)`,
  );
  const [i, ...key] = await adapter.describe({ sql: 'from unsorted' }, NEVER);
  assert.ok(i !== undefined);
  const order = ascending
    ? key.map((column) => adapter.dialect.keyExpression(column)).join(', ')
    : 'hash(i * 7919)';
  await execute(
    adapter,
    `create table source (i integer, ${definitions})`,
    `insert into source from unsorted order by ${order}`,
  );
  return { key, columns: [i, ...key], query: { sql: 'select * from source' } };
}

/** Each chunk begins where the one before it ended, the first at the open end. */
function assertContiguous(ranges: readonly ReadRange[]): void {
  const ends = ranges.map(({ hi }) => renderKeyTuple(hi));
  const starts = ranges.map(({ lo }) => (lo === null ? null : renderKeyTuple(lo)));
  assert.deepEqual(starts, [null, ...ends.slice(0, -1)]);
}

/** The warehouse finds the same rows under each recorded range: literals keep every digit and ranges do not overlap. */
async function assertSelectable(
  adapter: RangingAdapter,
  key: readonly Column[],
  ranges: readonly ReadRange[],
): Promise<void> {
  // Count and sum in one number, so that each range is looked for once.
  const columns = ranges.map((range) => {
    const where = renderKeyRange(adapter.dialect, key, range);
    return `cast(coalesce(sum(${COUNT_UNIT} + i) filter (where ${where}), 0) as bigint)`;
  });
  const [found] = await queryAll(adapter, `select ${columns.join(', ')} from source`);
  const read = ranges.map(({ rows, sum }) => BigInt(rows) * COUNT_UNIT + BigInt(sum));
  assert.deepEqual(found, read, 'rows under each recorded range');
}

function one(name: string, type: string, value: string): KeyCase {
  return { name, columns: [{ type, value }] };
}
