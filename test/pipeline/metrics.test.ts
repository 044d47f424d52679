import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Column } from '../../src/contract/index.js';
import type { GateInput } from '../../src/gate/check.js';
import { readExtents } from '../../src/gate/extent.js';
import { measureColumns } from '../../src/gate/measure.js';
import type { ColumnMetrics, HistogramCounts, LabelCounts } from '../../src/ledger/metrics.js';
import { NEVER } from '../support/duckdb.js';
import { HOUSES, type House } from '../support/house.js';
import { makeSource, publish } from '../support/scores.js';
import { openHouse } from '../support/watched-run.js';

for (const kind of HOUSES) {
  test(`every run records its metrics, a refused one too (${kind})`, async (t) => {
    const house = await makeSource(t, kind, { score: 'range: [0, 2], nonfinite: keep' });
    await house.execute("update source set value = 'NaN' where id > 900");
    await publish(house);

    const [score] = await readMetrics(house, 'score');
    assert.deepEqual([score?.rows, score?.nulls], [1000, 0]);
    close(score?.min, 0.001);
    close(score?.max, 0.9);
    close(score?.mean, 0.4505);
    close(score?.stddev, 0.25995192, 1e-6);
    assert.deepEqual(Object.keys(score?.quantiles ?? {}).length, 13);
    for (const [name, value] of Object.entries({
      p01: 0.009,
      p05: 0.045,
      p10: 0.09,
      p50: 0.45,
      p90: 0.81,
      p99: 0.891,
    })) {
      close(score?.quantiles?.[name], value);
    }
    const { counts, min, max } = toHistogram(score);
    close(min, 0.001);
    close(max, 0.9);
    assert.equal(counts.length, 20);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      900,
    );
    assert.ok(
      counts.every((count) => count >= 44 && count <= 46),
      String(counts),
    );

    const [level] = await readMetrics(house, 'level');
    assert.deepEqual([level?.min, level?.max, level?.mean], [0, 9, 4.5]);
    const [label] = await readMetrics(house, 'label');
    assert.deepEqual([label?.min, label?.quantiles], [null, null]);
    assert.deepEqual(label?.histogram, { labels: { b: 334, a: 333, c: 333 }, other: 0 });

    await house.execute('update source set value = 3');
    assert.equal((await house.run('run')).code, 3);
    assert.deepEqual(
      (await readMetrics(house, 'score')).map(({ max }) => max).sort(),
      [Math.fround(0.9), 3].sort(),
    );
  });

  test(`a large table is measured by a sample where it would have to be sorted (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    const rows = 450_000;
    await house.execute(
      `create table large as select cast(i as bigint) as id, cast(i as double precision) as value, cast(i % 4 as varchar) as word
        from generate_series(1, ${rows}) as t(i)`,
    );

    const [value, word] = await measure(house, 'large', [column('value', 'double'), column('word', 'text')]);
    const again = await measure(house, 'large', [column('value', 'double')]);

    assert.deepEqual(again[0]?.quantiles, value?.quantiles, 'the same rows are chosen each time');
    for (const [name, quantile] of Object.entries(value?.quantiles ?? {})) {
      close(quantile / rows, Number(name.slice(1)) / 100, 0.01);
    }
    const { counts } = toHistogram(value);
    const binned = counts.reduce((sum, count) => sum + count, 0);
    assert.ok(binned > 50_000 && binned < 60_000, String(binned));
    assert.ok(
      counts.every((count) => Math.abs(count / binned - 0.05) < 0.01),
      String(counts),
    );
    assert.deepEqual(
      [value?.rows, value?.min, value?.max],
      [rows, 1, rows],
      'ends and means are of all rows',
    );
    close(value?.mean, (rows + 1) / 2, 1e-6);
    close((value?.stddev ?? 0) / rows, 1 / Math.sqrt(12), 1e-5);
    const { labels, other } = toLabels(word);
    const sampled = Object.values(labels).reduce((sum, count) => sum + count, other);
    assert.ok(sampled > 50_000 && sampled < 60_000, String(sampled));
    assert.deepEqual(Object.keys(labels).sort(), ['0', '1', '2', '3']);
  });

  test(`values at the ends of what doubles hold are measured as far as they can be (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    await house.execute(
      'create table edges (id bigint, huge double precision, tiny double precision, point real, odd double precision, none real, big bigint, word varchar)',
      `insert into edges values
        (1, '1.7976931348623157e308', '5e-324', 0.1, 'NaN', null, 9223372036854775807, 'one'),
        (2, '-1.7976931348623157e308', '1e-323', 0.1, 'Infinity', null, -9223372036854775808, 'two'),
        (3, 0, 0, 0.1, '-Infinity', null, 0, 'two')`,
    );
    const columns = [
      ...['huge', 'tiny', 'odd'].map((name) => column(name, 'double')),
      ...['point', 'none'].map((name) => column(name, 'float')),
      column('big', 'int64'),
      column('word', 'text'),
    ];
    const metrics = Object.fromEntries(
      (await measure(house, 'edges', columns)).map((each) => [each.name, each]),
    );

    const { huge, tiny, odd, point, none, big, word } = metrics;
    assert.deepEqual([huge?.min, huge?.max, huge?.mean], [-Number.MAX_VALUE, Number.MAX_VALUE, null]);
    assert.equal(huge?.quantiles?.p50, 0);
    assert.deepEqual([tiny?.min, tiny?.max, tiny?.histogram], [0, 1e-323, null]);
    assert.deepEqual([odd?.rows, odd?.nulls, odd?.min, odd?.mean, odd?.quantiles], [3, 0, null, null, null]);
    close(point?.mean, Math.fround(0.1), 1e-9);
    close(point?.stddev, 0, 1e-9);
    assert.deepEqual(toHistogram(point).counts.slice(0, 2), [3, 0]);
    assert.deepEqual([none?.nulls, none?.min, none?.histogram], [3, null, null]);
    assert.deepEqual([big?.min, big?.max], [-(2 ** 63), 2 ** 63]);
    assert.deepEqual(word?.histogram, { labels: { two: 2 }, other: 1 }, 'a value of one row is not shown');
  });
}

interface Metrics {
  readonly rows: number;
  readonly nulls: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly stddev: number | null;
  readonly quantiles: Readonly<Record<string, number>> | null;
  readonly histogram: unknown;
}

async function readMetrics(house: House, column: string): Promise<readonly Metrics[]> {
  const rows = await house.query(
    `select rows, nulls, min, max, mean, stddev, quantiles, histogram from scorehouse.metrics where column_name = '${column}'`,
  );
  return rows.map((row) => {
    const [count, nulls, min, max, mean, stddev, quantiles, histogram] = row.map((text) =>
      text === null ? null : (JSON.parse(text) as unknown),
    );
    return { rows: count, nulls, min, max, mean, stddev, quantiles, histogram } as Metrics;
  });
}

function close(actual: number | null | undefined, expected: number, within = 1e-7): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not ${expected}`);
}

function column(name: string, kind: 'float' | 'double' | 'int64' | 'text'): Column {
  return { name, type: { kind }, native: kind };
}

/** Measures columns of a table in the connection's first schema. */
async function measure(
  house: House,
  table: string,
  columns: readonly Column[],
): Promise<readonly ColumnMetrics[]> {
  const { ledger } = await openHouse(house);
  await using _adapter = ledger.adapter;
  const relation = { schema: house.kind === 'duckdb' ? 'main' : 'public', name: table };
  const plan = { write: { key: [column('id', 'int64')] } };
  const input = { ledger, plan, signal: NEVER } as unknown as GateInput;
  return await measureColumns(input, relation, await readExtents(input, relation, columns));
}

function toHistogram(metrics: { readonly histogram: unknown } | undefined): HistogramCounts {
  return (metrics?.histogram ?? { counts: [] }) as HistogramCounts;
}

function toLabels(metrics: { readonly histogram: unknown } | undefined): LabelCounts {
  return (metrics?.histogram ?? { labels: {}, other: 0 }) as LabelCounts;
}
