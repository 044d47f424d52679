import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, KeyRange } from '../../../src/contract/index.js';
import { readInOrder } from '../../../src/extract/read-ranges.js';

const RANGES: readonly KeyRange[] = Array.from({ length: 7 }, () => ({ lo: null, hi: null }));

/** Ranges of two batches each; later ones come sooner. Counts how many are read at the same time. */
function newSource(failAt = -1) {
  const state = { reading: 0, most: 0 };
  const read = async function* (range: KeyRange): AsyncGenerator<Batch> {
    const at = RANGES.indexOf(range);
    state.reading++;
    state.most = Math.max(state.most, state.reading);
    try {
      await sleep(10 - at);
      if (at === failAt) throw new Error(`range ${at}`);
      for (const half of [0, 1]) yield { rows: at * 2 + half, columns: [] };
    } finally {
      state.reading--;
    }
  };
  return { read, state };
}

for (const readers of [1, 3, 20]) {
  test(`${readers} readers give all batches in the order of the ranges`, async () => {
    const { read, state } = newSource();
    const rows: number[] = [];
    for await (const batch of readInOrder(RANGES, read, readers)) rows.push(batch.rows);
    assert.deepEqual(rows, [...Array(14).keys()]);
    assert.equal(state.most, Math.min(readers, RANGES.length));
  });
}

test('a range that fails fails the read, and no reader is left behind', async () => {
  const { read, state } = newSource(3);
  const rows: number[] = [];
  await assert.rejects(async () => {
    for await (const batch of readInOrder(RANGES, read, 3)) rows.push(batch.rows);
  }, /range 3/);
  assert.deepEqual(rows, [0, 1, 2, 3, 4, 5]);
  assert.equal(state.reading, 0);
});

test('leaving the loop early ends every reader', async () => {
  const { read, state } = newSource();
  for await (const batch of readInOrder(RANGES, read, 3)) if (batch.rows === 1) break;
  assert.equal(state.reading, 0);
});
