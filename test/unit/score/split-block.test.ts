import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ScoringError } from '../../../src/contract/index.js';
import { runOrSplit } from '../../../src/score/split-block.js';

/** Runs a block of rows, of which some are bad, and keeps which were scored. */
function newRun(bad: ReadonlySet<number>) {
  const scored: number[] = [];
  let runs = 0;
  const run = async (from: number, to: number) => {
    runs++;
    for (let row = from; row < to; row++) if (bad.has(row)) throw new Error('not this one');
    for (let row = from; row < to; row++) scored.push(row);
  };
  return { run, scored, count: () => runs };
}

test('each good row is scored once, in order, and each bad one is found', async () => {
  const property = fc.asyncProperty(
    fc.nat(40),
    fc.integer({ min: 1, max: 70 }),
    fc.uniqueArray(fc.nat(69)),
    async (from, length, places) => {
      const bad = new Set(places.filter((place) => place < length).map((place) => from + place));
      const { run, scored } = newRun(bad);
      const failed = await runOrSplit(from, from + length, run);
      assert.deepEqual(
        failed,
        [...bad].sort((a, b) => a - b),
      );
      const all = Array.from({ length }, (_, i) => from + i);
      assert.deepEqual(
        scored,
        all.filter((row) => !bad.has(row)),
      );
    },
  );
  await fc.assert(property);
});

test('a block without bad rows is run once', async () => {
  const { run, count } = newRun(new Set());
  assert.deepEqual(await runOrSplit(0, 4096, run), []);
  assert.equal(count(), 1);
});

test('one bad row of 4096 costs 25 runs', async () => {
  const { run, count } = newRun(new Set([1000]));
  assert.deepEqual(await runOrSplit(0, 4096, run), [1000]);
  assert.equal(count(), 25);
});

test('an error of our own is no row at fault', async () => {
  const own = new ScoringError('too large', { code: 'BAD_FEATURES', stage: 'features' });
  await assert.rejects(
    runOrSplit(0, 8, () => Promise.reject(own)),
    own,
  );
});
