import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedFeature } from '../../../src/config/index.js';
import type { CanonicalType } from '../../../src/contract/index.js';
import { bindPolicies } from '../../../src/plan/bind-policies.js';
import type { ElementType } from '../../../src/plan/scoring-spec.js';

const TEXT = { kind: 'text' } as const;
const INT32 = { kind: 'int32' } as const;
const INT64 = { kind: 'int64' } as const;
const DOUBLE = { kind: 'double' } as const;
const BOOL = { kind: 'bool' } as const;

type Policies = Partial<Pick<ResolvedFeature, 'nulls' | 'allowed' | 'unseen' | 'range'>>;

function bind(type: CanonicalType, element: ElementType, policies: Policies) {
  return bindPolicies(
    { input: null, column: 'x', ...policies },
    { name: 'x', type, native: `native ${type.kind}` },
    element,
  );
}

test('a NULL policy that is written looks at NaN, one that is not does not', () => {
  assert.deepEqual(bind(DOUBLE, 'float32', {}), { nulls: { kind: 'fail' } });
  assert.deepEqual(bind(DOUBLE, 'float32', { nulls: 'fail' }), { nulls: { kind: 'fail', nan: true } });
  assert.deepEqual(bind(DOUBLE, 'float32', { nulls: 'quarantine' }), { nulls: { kind: 'quarantine' } });
});

test('allowed values are kept as text, and values unseen are quarantined by default', () => {
  assert.deepEqual(bind(INT64, 'int64', { allowed: [1, -2] }).allowed, {
    values: ['1', '-2'],
    unseen: { kind: 'quarantine' },
  });
  assert.deepEqual(bind(TEXT, 'string', { allowed: ['a'], unseen: { value: 'other' } }).allowed, {
    values: ['a'],
    unseen: { kind: 'value', value: 'other' },
  });
  assert.deepEqual(bind(BOOL, 'bool', { allowed: [true], unseen: 'pass' }).allowed, {
    values: ['true'],
    unseen: { kind: 'pass' },
  });
});

for (const { what, type, element, policies, message } of [
  {
    what: 'a number among the values of a text',
    type: TEXT,
    element: 'string',
    policies: { allowed: ['a', 1] },
    message: 'feature "x": allowed has 1, which column "x" of type native text cannot hold',
  },
  {
    what: 'a text among the values of an integer',
    type: INT32,
    element: 'int64',
    policies: { allowed: ['1'] },
    message: 'feature "x": allowed has "1", which column "x" of type native int32 cannot hold',
  },
  {
    what: 'a number that is no integer',
    type: INT64,
    element: 'int64',
    policies: { allowed: [1.5] },
    message: 'feature "x": allowed has 1.5, which column "x" of type native int64 cannot hold',
  },
  {
    what: 'an integer that the column cannot hold',
    type: INT32,
    element: 'int64',
    policies: { allowed: [2 ** 31] },
    message: 'feature "x": allowed has 2147483648, which column "x" of type native int32 cannot hold',
  },
  {
    what: "an integer that the model's input cannot hold",
    type: INT64,
    element: 'int32',
    policies: { allowed: [2 ** 31] },
    message: 'feature "x": allowed has 2147483648, which the model\'s int32 input cannot hold',
  },
  {
    what: 'an integer that float32 rounds',
    type: INT64,
    element: 'float32',
    policies: { allowed: [16_777_217] },
    message: 'feature "x": allowed has 16777217, which the model\'s float32 input cannot hold',
  },
  {
    what: 'values of a floating column',
    type: DOUBLE,
    element: 'float32',
    policies: { allowed: [1] },
    message: 'feature "x": allowed is for text, integers and booleans, and the column is double',
  },
  {
    what: 'a range of texts',
    type: TEXT,
    element: 'string',
    policies: { range: [0, 1] },
    message: 'feature "x": range is for numbers, and the column is text',
  },
  {
    what: 'a replacement of another type',
    type: TEXT,
    element: 'string',
    policies: { allowed: ['a'], unseen: { value: 0 } },
    message: 'feature "x": the value 0 for values unseen is no string',
  },
  {
    what: 'a replacement beyond int32',
    type: INT32,
    element: 'int32',
    policies: { nulls: { value: 2 ** 31 } },
    message: 'feature "x": the value 2147483648 for NULLs is no int32',
  },
  {
    what: 'a replacement beyond float32',
    type: DOUBLE,
    element: 'float32',
    policies: { nulls: { value: 1e300 } },
    message: 'feature "x": the value 1e+300 for NULLs is no float32',
  },
] as const) {
  test(`refused by name: ${what}`, () => {
    assert.throws(() => bind(type, element, policies), { code: 'PLAN_INVALID', message });
  });
}
