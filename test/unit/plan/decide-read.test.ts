import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Capabilities } from '../../../src/contract/index.js';
import {
  decideChunkRows,
  decidePaging,
  decideSnapshot,
  estimateSeconds,
  type Pageable,
  type Paging,
} from '../../../src/plan/decide-read.js';
import { openDuckdb } from '../../support/duckdb.js';
import { makeFolder } from '../../support/project.js';

const SORTED: Paging = { paging: 'scan', order: 'key' };
const STORED: Paging = { paging: 'scan', order: 'stored' };
const RANGES: Paging = { paging: 'ranges', order: 'key' };
const UNORDERED: Paging = { paging: 'ranges', order: 'any' };

/** Rows against the limits of this warehouse: it sorts 10 at once and at most 100. */
const PAGED: readonly [string, Pageable & { readonly orderedReads?: boolean }, Paging][] = [
  ['a small input', { rows: 10, ascending: false, rangeable: true }, SORTED],
  ['a small input in key order', { rows: 10, ascending: true, rangeable: true }, SORTED],
  ['a larger input in key order', { rows: 11, ascending: true, rangeable: true }, STORED],
  ['a larger input in another order', { rows: 100, ascending: false, rangeable: true }, SORTED],
  ['a very large table in another order', { rows: 101, ascending: false, rangeable: true }, RANGES],
  ['a very large query in another order', { rows: 101, ascending: false, rangeable: false }, SORTED],
  [
    'a small input without ordered reads',
    { rows: 10, ascending: false, rangeable: true, orderedReads: false },
    UNORDERED,
  ],
];

for (const [name, { orderedReads = true, ...pageable }, paging] of PAGED) {
  test(`${name} is paged by ${paging.paging} in order ${paging.order}`, async (t) => {
    const capabilities = await capabilitiesOf(t);
    const limits = { ...capabilities.limits, sortRows: 10, rangeRows: 100 };
    assert.deepEqual(decidePaging(pageable, { ...capabilities, orderedReads, limits }), paging);
  });
}

test('the estimate is the slower of reading and scoring', async (t) => {
  const facts = { snapshot: 'auto', capabilities: await capabilitiesOf(t), workers: 2 } as const;
  const reading = estimateSeconds({ ...facts, rows: 1_000_000, rowsPerSecond: null });
  assert.ok(reading > 0);
  assert.equal(estimateSeconds({ ...facts, rows: 1_000_000, rowsPerSecond: 1e12 }), reading);
  assert.equal(estimateSeconds({ ...facts, rows: 1_000_000, rowsPerSecond: 100_000 }), 5);
});

test('auto freezes what takes more than two minutes', async (t) => {
  const facts = { capabilities: await capabilitiesOf(t), workers: 1, rowsPerSecond: 1000 } as const;
  assert.equal(decideSnapshot({ ...facts, snapshot: 'auto', rows: 120_000 }), 'live');
  assert.equal(decideSnapshot({ ...facts, snapshot: 'auto', rows: 121_000 }), 'frozen');
  assert.equal(decideSnapshot({ ...facts, snapshot: 'live', rows: 121_000 }), 'live');
  assert.equal(decideSnapshot({ ...facts, snapshot: 'frozen', rows: 1 }), 'frozen');
});

async function capabilitiesOf(t: Parameters<typeof makeFolder>[0]): Promise<Capabilities> {
  await using adapter = await openDuckdb(join(makeFolder(t), 'facts.duckdb'));
  return adapter.capabilities;
}

for (const [what, length, rows] of [
  ['as asked for where predictions are narrow', 100, 65_536],
  ['whole blocks that stay under the limit where they are wide', 384, 20_480],
  ['one block at least', 100_000, 4096],
] as const) {
  test(`a chunk's rows are ${what}`, () => {
    const outputs = [{ type: { kind: 'array', element: 'float', length } }] as const;
    assert.equal(decideChunkRows(65_536, outputs, 4096), rows);
  });
}

test('a small chunk that was asked for stays small', () => {
  assert.equal(decideChunkRows(7, [{ type: { kind: 'array', element: 'float', length: 9999 } }], 4096), 7);
});

test('a chunk of texts is small, so that all workers get some', () => {
  assert.equal(decideChunkRows(65_536, [], 4096, true), 1024);
  assert.equal(decideChunkRows(100, [], 4096, true), 100);
});
