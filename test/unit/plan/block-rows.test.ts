import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_ROWS, decideBlockRows } from '../../../src/plan/block-rows.js';
import type { TensorInfo } from '../../../src/plan/scoring-spec.js';

function input(name: string, rows: string | number): TensorInfo {
  return { name, type: 'float32', shape: [rows, 1] };
}

test('a symbolic first dimension takes blocks of our own size', () => {
  assert.equal(decideBlockRows([input('a', 'N'), input('b', '')]), BLOCK_ROWS);
});

test('a fixed one takes blocks of its size, also beside a symbolic one', () => {
  assert.equal(decideBlockRows([input('a', 8), input('b', 'N'), input('c', 8)]), 8);
});

test('two fixed ones that differ are refused', () => {
  assert.throws(() => decideBlockRows([input('a', 1), input('b', 8)]), {
    code: 'PLAN_INVALID',
    message: "the model's inputs take 1 and 8 rows at a time",
  });
});
