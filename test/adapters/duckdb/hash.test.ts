import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Column, LoadPart, RangingAdapter, Vector } from '../../../src/contract/index.js';
import { hashTable, type TableHash } from '../../../src/gate/hash-table.js';
import { renderHash } from '../../../src/hash/text.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { newRenderer } from '../../../src/sql/renderer.js';
import { execute, NEVER, openDuckdb, queryAll } from '../../support/duckdb.js';
import { columnOf, combine, ROW_CASES, toVector, VALUE_CASES } from '../../support/hash-vectors.js';

const TABLE = { schema: 'main', name: 'hashed' };

describe('hashes in DuckDB', () => {
  let adapter: RangingAdapter;
  let ledger: Ledger;

  before(async () => {
    adapter = await openDuckdb(':memory:');
    ledger = { adapter, sql: newRenderer(adapter.dialect), schema: { schema: 'main' } };
  });

  after(() => adapter.close());

  /** A table of the vectors, loaded as a run does, with its columns as `inspect` finds them. */
  async function makeTable(types: readonly string[], vectors: readonly Vector[]): Promise<readonly Column[]> {
    const columns = types.map(columnOf);
    await execute(adapter, `drop table if exists ${adapter.dialect.relation(TABLE)}`);
    const create = ledger.sql.render('stage/create_table', { table: TABLE, columns });
    await adapter.execute([create], { atomic: false, signal: NEVER });
    const part: LoadPart = {
      loadKey: 0n,
      rows: vectors[0]?.length ?? 0,
      columns: vectors.map((vector) => ({ kind: 'vector', vector })),
    };
    await adapter.load(
      TABLE,
      (async function* () {
        yield part;
      })(),
      { signal: NEVER },
    );
    return (await adapter.inspect(TABLE, NEVER))?.columns ?? [];
  }

  const hash = (columns: readonly Column[], exceptRun?: string): Promise<TableHash> =>
    hashTable(
      ledger,
      TABLE,
      { key: columns.slice(0, 1), values: columns },
      { signal: NEVER, ...(exceptRun === undefined ? {} : { exceptRun }) },
    );

  for (const [type, cases] of VALUE_CASES) {
    const values = cases.map(({ value }) => value);

    it(`pieces of ${type}`, async () => {
      const [column] = await makeTable([type], [toVector(type, values)]);
      const piece = adapter.dialect.hashText(column as Column);
      const rows = await queryAll(adapter, `select ${piece} from ${adapter.dialect.relation(TABLE)}`);
      assert.deepEqual(
        rows.map(([text], i) => [values[i], text]),
        cases.map((each) => [each.value, each.piece]),
      );
    });

    it(`set hashes of ${type}`, async () => {
      const columns = await makeTable([type], [toVector(type, values)]);
      const { rows, keys } = await hash(columns);
      assert.equal(rows, values.length);
      assert.equal(renderHash(keys), combine(cases.map((each) => each.hash)));
    });
  }

  for (const { types, rows, hashes } of ROW_CASES) {
    it(`set hashes of rows of (${types.join(', ')})`, async () => {
      const vectors = types.map((type, i) =>
        toVector(
          type,
          rows.map((row) => row[i] ?? null),
        ),
      );
      const found = await hash(await makeTable(types, vectors));
      assert.equal(renderHash(found.values), combine(hashes));
    });
  }

  it('of a table without rows are zero', async () => {
    const columns = await makeTable(['int64'], [toVector('int64', [])]);
    assert.deepEqual(await hash(columns), { rows: 0, keys: 0n, values: 0n });
  });

  it('of all rows are those of one run and of the others together', async () => {
    const [one, two] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
    await execute(
      adapter,
      'drop table if exists hashed',
      `create table hashed as select i as id, i * 2 as y, cast(case when i % 3 = 0 then '${one}' else '${two}' end as uuid) as _run_id from range(100) as t(i)`,
    );
    const columns = (await adapter.inspect(TABLE, NEVER))?.columns.slice(0, 2) ?? [];
    const all = await hash(columns);
    const parts = [await hash(columns, one), await hash(columns, two)];
    assert.deepEqual(
      parts.map(({ rows }) => rows),
      [66, 34],
    );
    assert.equal(
      parts.reduce((sum, { values }) => sum ^ values, 0n),
      all.values,
    );
  });

  it('take native types that are wider than their canonical one needs, and texts of any collation', async () => {
    await execute(
      adapter,
      'drop table if exists hashed',
      `create table hashed as select 'aB'::varchar collate nocase as a, 'é'::varchar collate noaccent as b,
        'x'::enum('y', 'x') as e, 18446744073709551615::ubigint as u, '2020-01-01'::timestamp_s as t, 7::tinyint as i`,
    );
    const columns = (await adapter.inspect(TABLE, NEVER))?.columns ?? [];
    const pieces = columns.map((column) => adapter.dialect.hashText(column)).join(' || ');
    assert.deepEqual(await queryAll(adapter, `select ${pieces} from hashed`), [
      ['2:aB;2:é;1:x;18446744073709551615;1577836800000000;7;'],
    ]);
  });
});
