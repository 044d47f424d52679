import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresDialect } from '../../../adapters/postgres/dialect.js';
import type { ResolvedTarget } from '../../../src/config/index.js';
import type { Column } from '../../../src/contract/index.js';
import { bindRejects, findQuarantineKey } from '../../../src/plan/bind-rejects.js';

const VIEW = { schema: 'predictions', name: 'churn' };

function bind(key: readonly Column[], quarantine = true) {
  const errors = { budget: { rows: 1, of: null }, quarantine, rejectedRows: 'drop' } as const;
  const target = { errors, write: { quote: false } } as ResolvedTarget;
  return bindRejects(target, VIEW, key, postgresDialect);
}

function column(name: string): Column {
  return { name, type: { kind: 'int64' }, native: 'bigint' };
}

test('the quarantine table has the run, the key, feature, reason, time and load key', () => {
  const { quarantine } = bind([column('id'), column('part')]);
  assert.deepEqual(quarantine?.table, { schema: 'predictions', name: 'churn__quarantine' });
  assert.deepEqual(
    quarantine?.columns.map(({ name }) => name),
    ['_run_id', 'id', 'part', 'feature', 'reason', 'rejected_at', '_load'],
  );
  assert.deepEqual(findQuarantineKey(quarantine?.columns ?? []), [column('id'), column('part')]);
});

test('a table without those columns is none', () => {
  assert.equal(findQuarantineKey([column('id'), column('feature'), column('reason')]), null);
});

test('there is none where rejects are only counted', () => {
  assert.equal(bind([column('id')], false).quarantine, null);
});

for (const name of ['feature', 'Reason', 'rejected_at']) {
  test(`a key column named ${name} is refused`, () => {
    assert.throws(() => bind([column(name)]), {
      code: 'PLAN_INVALID',
      message: `key: "${name}" is a column that the quarantine table has of its own`,
    });
    assert.equal(bind([column(name)], false).quarantine, null);
  });
}
