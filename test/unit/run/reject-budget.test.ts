import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureCount } from '../../../src/features/contract.js';
import { addCounts, renderRejectCounts } from '../../../src/run/feature-counts.js';
import { assertBudget, isOverBudget } from '../../../src/run/reject-budget.js';

const RUN = '0190a6b2-7c1e-7000-8000-00000000002a';
const NULLS: FeatureCount = { feature: 'tenure', reason: 'null', action: 'quarantine', rows: 2 };
const PASSED: FeatureCount = { feature: 'plan', reason: 'unseen', action: 'pass', rows: 5 };
const ENGINE: FeatureCount = { feature: null, reason: 'engine', action: 'quarantine', rows: 1 };

for (const { budget, rejected, total, over } of [
  { budget: { rows: 0, of: null }, rejected: 0, total: 10, over: false },
  { budget: { rows: 0, of: null }, rejected: 1, total: 10, over: true },
  { budget: { rows: 3, of: null }, rejected: 3, total: 3, over: false },
  { budget: { rows: 3, of: null }, rejected: 4, total: 1e9, over: true },
  { budget: { rows: 0.01, of: 1 }, rejected: 10, total: 1000, over: false },
  { budget: { rows: 0.01, of: 1 }, rejected: 11, total: 1000, over: true },
  { budget: { rows: 0.7, of: 100 }, rejected: 7, total: 1000, over: false },
  { budget: { rows: 0.7, of: 100 }, rejected: 8, total: 1000, over: true },
  { budget: { rows: 1, of: 100 }, rejected: 1, total: 99, over: true },
] as const) {
  const share = budget.of === null ? '' : ` of ${budget.of}`;
  test(`${rejected} rejects of ${total} are ${over ? '' : 'not '}too many for ${budget.rows}${share}`, () => {
    assert.equal(isOverBudget(budget, rejected, total), over);
  });
}

test('counts of one feature, reason and action are added', () => {
  const sum = addCounts([NULLS, PASSED], [ENGINE, { ...NULLS, rows: 3 }]);
  assert.deepEqual(sum, [{ ...NULLS, rows: 5 }, PASSED, ENGINE]);
  assert.equal(renderRejectCounts(sum), 'tenure null 5, engine 1');
});

function check(tally: Partial<Parameters<typeof assertBudget>[2]>, rows = 0, allowEmpty = false) {
  const rejects = { budget: { rows, of: null }, quarantine: null };
  const full = { scored: 7, rejected: 0, counts: [], engineError: null, ...tally };
  assertBudget({ target: 'churn', rejects }, RUN, full, 10, allowEmpty);
}

test('a refusal says how many, by feature and reason', () => {
  assert.throws(() => check({ rejected: 3, counts: [NULLS, PASSED, ENGINE] }, 2), {
    code: 'REJECT_BUDGET',
    message: '3 of 10 rows were rejected, more than errors.budget allows (2 rows): tenure null 2, engine 1',
  });
});

test('what is within the budget passes, unless nothing was scored', () => {
  check({ rejected: 3, counts: [NULLS] }, 3);
  assert.throws(() => check({ scored: 0, rejected: 3, counts: [NULLS] }, 3), {
    code: 'REJECT_BUDGET',
    message: '3 of 10 rows were rejected, and none was scored: tenure null 2',
  });
  check({ scored: 0, rejected: 3, counts: [NULLS] }, 3, true);
});

test('where the engine took no row, the error is its own', () => {
  const engineError = 'onnxruntime failed: no such operator';
  assert.throws(() => check({ scored: 0, rejected: 1, counts: [ENGINE], engineError }), {
    code: 'SCORING',
    message: engineError,
  });
  assert.throws(() => check({ scored: 1, rejected: 1, counts: [ENGINE], engineError }), {
    code: 'REJECT_BUDGET',
  });
});
