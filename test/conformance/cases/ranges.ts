import assert from 'node:assert/strict';
import { canRange, type KeyTuple, type Query, type Snapshot } from '../../../src/contract/index.js';
import { type Case, RANGES } from '../case.js';
import { CORPORA, FAR_CORPORA } from '../corpora.js';
import { failing } from '../failing.js';
import { columnOf, readTexts, type Text } from '../reading.js';
import { NEVER, type Rig } from '../rig.js';

interface Cutting {
  readonly key?: readonly string[];
  readonly snapshot?: Snapshot;
  readonly signal?: AbortSignal;
}

async function cut(rig: Rig, query: Query, n: number, cutting: Cutting = {}): Promise<readonly KeyTuple[]> {
  assert.ok(canRange(rig.adapter));
  const columns = await rig.adapter.describe(query, NEVER);
  const key = cutting.key?.map((name) => columnOf(columns, name)) ?? columns.slice(0, 1);
  return await rig.adapter.ranges(query, key, n, { signal: cutting.signal ?? NEVER });
}

/** Reads range after range: together they must be all rows, each once. Returns the rows of each range. */
async function readRanges(
  rig: Rig,
  query: Query,
  bounds: readonly KeyTuple[],
  key?: readonly string[],
): Promise<readonly number[]> {
  const order = rig.adapter.capabilities.orderedReads ? 'key' : 'any';
  const reading = { order, chunkRows: 65_536, ...(key === undefined ? {} : { key }) } as const;
  const whole = await readTexts(rig.adapter, query, reading);
  const parts: (readonly (readonly Text[])[])[] = [];
  for (const [i, hi] of [...bounds, null].entries()) {
    const range = { lo: bounds[i - 1] ?? null, hi };
    parts.push(await readTexts(rig.adapter, query, { ...reading, range }));
  }
  const all = parts.flat();
  // Only in key order does one range after the other give the order of the whole: that is what ascending means.
  if (order === 'key') assert.deepEqual(all, whole);
  else assert.deepEqual(all.map(String).sort(), whole.map(String).sort());
  return parts.map((rows) => rows.length);
}

const keyed = (each: Case): Case => ({ ...each, needs: RANGES });

export const rangesCases: readonly Case[] = [
  {
    id: 'ranges/about-equal',
    async run(rig: Rig) {
      const rows = 100_000;
      const sql = `select (i * 7919) % 1000003 as k from (${rig.subject.series(rows)}) as s`;
      for (const n of [2, 10, 37]) {
        const bounds = await cut(rig, { sql }, n);
        assert.equal(bounds.length, n - 1);
        if (n !== 10) continue;
        const sizes = await readRanges(rig, { sql }, bounds);
        for (const size of sizes) assert.ok(size > rows / n / 2 && size < (rows / n) * 2, String(sizes));
      }
    },
  },
  {
    id: 'ranges/of-a-table-about-equal',
    async run(rig: Rig) {
      const rows = 100_000;
      await rig.execute(
        `create table ${rig.sql('t')} as select (i * 7919) % 1000003 as k from (${rig.subject.series(rows)}) as s`,
      );
      const bounds = await cut(rig, rig.query('t'), 10);
      assert.equal(bounds.length, 9);
      const sizes = await readRanges(rig, rig.query('t'), bounds);
      for (const size of sizes) assert.ok(size > rows / 20 && size < rows / 5, String(sizes));
    },
  },
  {
    id: 'ranges/of-keys-that-lie-close-together',
    async run(rig: Rig) {
      // Nine of ten keys within one thousandth of the span: equal steps would not cut them.
      const sql = `select case when i % 10 = 0 then i * 1000000 else i end as k from (${rig.subject.series(50_000)}) as s`;
      const sizes = await readRanges(rig, { sql }, await cut(rig, { sql }, 5));
      for (const size of sizes) assert.ok(size > 5000 && size < 20_000, String(sizes));
    },
  },
  {
    id: 'ranges/one',
    async run(rig: Rig) {
      assert.deepEqual(await cut(rig, { sql: rig.subject.series(100) }, 1), []);
    },
  },
  {
    id: 'ranges/of-no-rows',
    async run(rig: Rig) {
      const sql = `select i from (${rig.subject.series(10)}) as s where i < 0`;
      assert.deepEqual(await cut(rig, { sql }, 10), []);
    },
  },
  {
    id: 'ranges/of-fewer-rows-than-asked-for',
    async run(rig: Rig) {
      const query = { sql: rig.subject.series(5) };
      const bounds = await cut(rig, query, 10);
      assert.ok(bounds.length <= 9);
      await readRanges(rig, query, bounds);
    },
  },
  {
    id: 'ranges/of-a-composite-key',
    async run(rig: Rig) {
      // The first column alone has three values: only both together can cut.
      const sql = `select i % 3 as ${rig.ident('a')}, cast(i as varchar(10)) as ${rig.ident('b')} from (${rig.subject.series(30_000)}) as s`;
      const bounds = await cut(rig, { sql }, 10, { key: ['a', 'b'] });
      assert.ok(bounds.every((bound) => bound.length === 2));
      const sizes = await readRanges(rig, { sql }, bounds, ['a', 'b']);
      for (const size of sizes) assert.ok(size > 1000 && size < 7500, String(sizes));
    },
  },
  {
    id: 'ranges/of-text-under-a-loose-collation-ascend-in-bytes',
    async run(rig: Rig) {
      const { looseText } = rig.subject;
      await rig.execute(...(looseText?.setUp ?? []).map((sql) => rig.inSchema(sql)));
      const word = rig.inSchema(looseText?.native ?? rig.adapter.dialect.type({ kind: 'text' }));
      await rig.execute(
        `create table ${rig.sql('t')} (v ${word})`,
        `insert into ${rig.sql('t')} select concat(case when i % 2 = 0 then 'a' else 'B' end, cast(i as varchar(10)))
from (${rig.subject.series(10_000)}) as s`,
      );
      const bounds = await cut(rig, rig.query('t'), 8);
      const keys = bounds.map(([bound]) => Buffer.from(bound?.text ?? ''));
      assert.deepEqual(keys, keys.toSorted(Buffer.compare));
      await readRanges(rig, rig.query('t'), bounds);
    },
  },
  {
    id: 'ranges/of-a-query-that-ends-in-a-comment',
    async run(rig: Rig) {
      assert.equal((await cut(rig, { sql: `${rig.subject.series(1000)} -- the last word` }, 4)).length, 3);
    },
  },
  ...[...CORPORA, ...FAR_CORPORA].map(({ name, type, texts }) => ({
    id: `ranges/by-${name}`,
    async run(rig: Rig) {
      await rig.create('t', { v: type });
      // Enough of each that a sample meets it.
      for (let i = 0; i < 20; i++)
        await rig.insert(
          't',
          [type],
          texts.map((text) => [text]),
        );
      const bounds = await cut(rig, rig.query('t'), 4);
      await readRanges(rig, rig.query('t'), bounds);
      for (const [bound] of bounds) {
        assert.deepEqual(bound?.type, rig.adapter.dialect.stored(type));
        assert.ok(texts.includes(bound.text), `${bound.text} is not the text that reading it gives`);
      }
    },
  })),
  {
    id: 'ranges/abort',
    async run(rig: Rig) {
      const aborted = cut(rig, { sql: rig.subject.series(10) }, 4, { signal: AbortSignal.abort() });
      await failing(aborted, { code: 'INTERRUPTED' });
    },
  },
  {
    id: 'ranges/wrong-sql',
    async run(rig: Rig) {
      assert.ok(canRange(rig.adapter));
      const key = await rig.adapter.describe({ sql: rig.subject.series(1) }, NEVER);
      await failing(rig.adapter.ranges({ sql: 'select i from no_such_table' }, key, 4, { signal: NEVER }), {
        message: /no_such_table/i,
      });
    },
  },
].map(keyed);
