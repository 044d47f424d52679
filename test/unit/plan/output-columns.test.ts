import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duckdbDialect } from '../../../adapters/duckdb/dialect.js';
import type { Column } from '../../../src/contract/index.js';
import {
  buildTableColumns,
  buildViewColumns,
  buildViewOfTable,
  withoutVersion,
} from '../../../src/plan/output-columns.js';
import type { OutputSpec } from '../../../src/plan/scoring-spec.js';

const KEY = [column('ID')];
const ORIGIN = ['_run_id', '_model_version', '_scored_at'];

test('names are folded unless quoted', () => {
  assert.deepEqual(names(build('Region', 'Score', false)), [...ORIGIN, 'id', 'region', 'score']);
  assert.deepEqual(names(build('Region', 'Score', true)), [...ORIGIN, 'ID', 'Region', 'Score']);
});

for (const clash of ['_run_id', '_MODEL_VERSION', '_scored_at', '_load', 'Id', 'region']) {
  for (const quote of [false, true]) {
    test(`an output "${clash}" clashes${quote ? ' though quoted' : ''}`, () => {
      assert.throws(() => build('Region', clash, quote), { code: 'PLAN_INVALID', message: /two columns/ });
    });
  }
}

test('a key that is passed through too clashes', () => {
  assert.throws(() => build('id', 'score', false), { code: 'PLAN_INVALID' });
});

test('a version table holds the load key, and the origin only where versions share a view', () => {
  const view = build('region', 'score', false);
  const own = names(buildTableColumns(view, 'transactional-ddl', SWAP, duckdbDialect));
  assert.deepEqual(own, ['id', 'region', 'score', '_load']);
  assert.deepEqual(names(buildTableColumns(view, 'partitions', SWAP, duckdbDialect)), [
    ...names(view),
    '_load',
  ]);
});

for (const write of [
  { strategy: 'merge', deletes: 'drop', rejectedRows: 'drop' },
  { strategy: 'swap', deletes: 'keep', rejectedRows: 'drop' },
  { strategy: 'swap', deletes: 'drop', rejectedRows: 'keep_previous' },
] as const) {
  test(`a version that rows of several runs share holds their origin (${Object.values(write).join(', ')})`, () => {
    const view = build('region', 'score', false);
    const stored = buildTableColumns(view, 'transactional-ddl', write, duckdbDialect);
    assert.deepEqual(names(stored), [...names(view), '_load']);
  });
}

test('what a load gives leaves out the number of the version', () => {
  const given = withoutVersion([column('id'), column('_version')]);
  assert.deepEqual(names(given), ['id']);
});

for (const repoint of ['transactional-ddl', 'partitions'] as const) {
  test(`the view over a ${repoint} table is the planned one`, () => {
    const view = build('region', 'score', false);
    assert.deepEqual(
      names(buildViewOfTable(buildTableColumns(view, repoint, SWAP, duckdbDialect), duckdbDialect)),
      names(view),
    );
  });
}

const SWAP = { strategy: 'swap', deletes: 'drop', rejectedRows: 'drop' } as const;

function build(passthrough: string, output: string, quote: boolean): readonly Column[] {
  return buildViewColumns(KEY, [column(passthrough)], [score(output)], duckdbDialect, quote);
}

function column(name: string): Column {
  return { name, type: { kind: 'int64' }, native: 'BIGINT' };
}

function score(name: string): OutputSpec {
  return {
    column: name,
    model: 0,
    from: name,
    read: { kind: 'value', element: null },
    type: { kind: 'float' },
    nonfinite: 'fail',
    range: null,
  };
}

function names(columns: readonly Column[]): readonly string[] {
  return columns.map(({ name }) => name);
}
