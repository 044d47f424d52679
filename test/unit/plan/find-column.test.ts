import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Column } from '../../../src/contract/index.js';
import { findColumn } from '../../../src/plan/find-column.js';

function columns(...names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, type: { kind: 'int32' }, native: 'INTEGER' }));
}

test('an exact name wins over one of another case', () => {
  assert.equal(findColumn(columns('ID', 'id'), 'id', 'key').name, 'id');
});

test('case does not matter where one column fits', () => {
  assert.equal(findColumn(columns('CUSTOMER_ID', 'other'), 'customer_id', 'key').name, 'CUSTOMER_ID');
});

test('a name that fits several columns is refused', () => {
  assert.throws(() => findColumn(columns('ID', 'Id'), 'id', 'key'), {
    code: 'PLAN_INVALID',
    message: 'key: "id" fits several columns of the source',
  });
});

test('a name that comes twice is refused', () => {
  assert.throws(() => findColumn(columns('id', 'id'), 'id', 'key'), { code: 'PLAN_INVALID' });
});

test('an unknown name is refused with the near ones', () => {
  assert.throws(() => findColumn(columns('customer_id', 'tenure', 'x'), 'custmer_id', 'key'), {
    code: 'PLAN_INVALID',
    message: 'key: "custmer_id" is not among the columns of the source',
    hint: 'Near it: customer_id. The source returns 3 columns.',
  });
});
