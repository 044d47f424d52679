import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedCheck } from '../../../src/config/index.js';
import type { Column } from '../../../src/contract/index.js';
import { bindChecks } from '../../../src/plan/bind-checks.js';

const COLUMNS: readonly Column[] = [
  { name: '_run_id', type: { kind: 'uuid' }, native: 'uuid' },
  { name: 'id', type: { kind: 'int64' }, native: 'bigint' },
  { name: 'score', type: { kind: 'float' }, native: 'real' },
  { name: 'label', type: { kind: 'text' }, native: 'text' },
];

test('checks are bound to the columns as the predictions have them', () => {
  const checks: readonly ResolvedCheck[] = [
    { kind: 'sql', over: 'staged', sql: 'select true from {{this}}' },
    { kind: 'nulls', over: 'result', column: 'LABEL', maxRate: 0.1 },
    { kind: 'psi', over: 'staged', column: 'Score', max: 0.2 },
    { kind: 'sql', over: 'result', sql: 'select false' },
  ];
  assert.deepEqual(bindChecks(checks, [['select true from ', ''], ['select false']], COLUMNS), [
    { kind: 'sql', name: 'checks[0].sql', over: 'staged', parts: ['select true from ', ''] },
    { kind: 'nulls', name: 'label null rate', over: 'result', column: 'label', maxRate: 0.1 },
    { kind: 'psi', name: 'score psi of staged', over: 'staged', column: 'score', max: 0.2 },
    { kind: 'sql', name: 'checks[3].sql', over: 'result', parts: ['select false'] },
  ]);
});

test('a column that is not there is refused with those near it', () => {
  const checks = [{ kind: 'nulls', over: 'result', column: 'scores', maxRate: 0 }] as const;
  assert.throws(() => bindChecks(checks, [], COLUMNS), {
    code: 'PLAN_INVALID',
    message: 'checks[0].column: "scores" is not among the columns of the predictions',
    hint: 'Near it: score. The predictions have 3 columns.',
  });
});

test('a distribution needs numbers', () => {
  const checks = [{ kind: 'psi', over: 'result', column: 'label', max: 1 }] as const;
  assert.throws(() => bindChecks(checks, [], COLUMNS), { code: 'PLAN_INVALID', message: /"label" is text/ });
});
