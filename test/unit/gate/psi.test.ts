import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDeciles } from '../../../src/gate/distribution.js';
import { computePsi } from '../../../src/gate/psi.js';
import { chooseSample } from '../../../src/gate/sample.js';

test('the same shares have an index of 0, whatever the rows', () => {
  assert.equal(computePsi([10, 20, 30], [100, 200, 300]), 0);
});

test('the index is the sum of (q - p) ln(q / p)', () => {
  const expected = (0.8 - 0.5) * Math.log(0.8 / 0.5) + (0.2 - 0.5) * Math.log(0.2 / 0.5);
  assert.ok(Math.abs(computePsi([50, 50], [80, 20]) - expected) < 1e-12);
});

test('an empty bin counts as a share of 1e-4', () => {
  const expected = (1 - 0.5) * Math.log(1 / 0.5) + (1e-4 - 0.5) * Math.log(1e-4 / 0.5);
  assert.ok(Math.abs(computePsi([50, 50], [100, 0]) - expected) < 1e-12);
});

test('a table without values is as far away as can be, and finite', () => {
  const index = computePsi(Array(10).fill(10), Array(10).fill(0));
  assert.ok(index > 6 && index < 8, String(index));
});

test('deciles are taken from quantiles that have them all', () => {
  const names = ['p10', 'p20', 'p30', 'p40', 'p50', 'p60', 'p70', 'p80', 'p90'];
  const quantiles = Object.fromEntries(names.map((name, i) => [name, i]));
  assert.deepEqual(toDeciles({ ...quantiles, p01: -1, p95: 9 }), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(toDeciles({ p10: 1 }), null);
});

test('a sample has 50,000 to 100,000 rows', () => {
  assert.equal(chooseSample(200_000), null);
  for (const rows of [200_001, 1_000_000, 123_456_789]) {
    const sample = chooseSample(rows);
    const chosen = (rows * (sample?.percent ?? 0)) / 100;
    assert.ok(chosen >= 50_000 && chosen <= 100_000, `${rows}: ${chosen}`);
    assert.equal(100 / ((sample?.mask ?? 0) + 1), sample?.percent);
  }
});
