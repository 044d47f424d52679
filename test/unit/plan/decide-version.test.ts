import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Column } from '../../../src/contract/index.js';
import { decideVersion } from '../../../src/plan/decide-version.js';

const ID: Column = { name: 'id', type: { kind: 'int64' }, native: 'bigint' };
const SCORE: Column = { name: 'score', type: { kind: 'float' }, native: 'real' };
const LIVE = { version: 4, contractHash: 'same', stored: [ID, SCORE] };

function write(
  strategy: 'swap' | 'merge',
  deletes: 'drop' | 'keep',
  rejectedRows: 'drop' | 'keep_previous' = 'drop',
) {
  return {
    strategy,
    deletes,
    rejectedRows,
    key: [ID],
    tableColumns: [ID, SCORE],
    onColumnChange: 'recreate',
  } as const;
}

for (const { what, of, hash = 'same', live = LIVE, decision } of [
  { what: 'swap makes a new version', of: write('swap', 'drop'), decision: { kind: 'new', carries: false } },
  { what: 'swap that keeps carries', of: write('swap', 'keep'), decision: { kind: 'new', carries: true } },
  {
    what: 'swap that keeps previous scores of rejected rows carries',
    of: write('swap', 'drop', 'keep_previous'),
    decision: { kind: 'new', carries: true },
  },
  {
    what: 'merge goes into the live one',
    of: write('merge', 'drop'),
    decision: { kind: 'merge', version: 4 },
  },
  {
    what: 'merge of another model makes a new version',
    of: write('merge', 'drop'),
    hash: 'other',
    decision: { kind: 'new', carries: false },
  },
  {
    what: 'merge of another model that keeps carries',
    of: write('merge', 'keep'),
    hash: 'other',
    decision: { kind: 'new', carries: true },
  },
  {
    what: 'merge makes a new version where the live table lacks a column',
    of: write('merge', 'drop'),
    live: { ...LIVE, stored: [ID] },
    decision: { kind: 'new', carries: false },
  },
  {
    what: 'nothing is carried from a table that is gone',
    of: write('swap', 'keep'),
    live: { ...LIVE, stored: [] },
    decision: { kind: 'new', carries: false },
  },
  {
    what: 'the first version carries nothing',
    of: write('merge', 'keep'),
    live: null,
    decision: { kind: 'new', carries: false },
  },
] as const) {
  test(what, () => assert.deepEqual(decideVersion(of, hash, live), decision));
}

test('rows are not kept under another key', () => {
  const text = { ...ID, type: { kind: 'text' } } as const;
  assert.throws(() => decideVersion(write('swap', 'keep'), 'same', { ...LIVE, stored: [text, SCORE] }), {
    code: 'PLAN_INVALID',
    message: /no key column "id" int64/,
  });
});

test('rows are not kept where a column changes its type', () => {
  const text = { ...SCORE, type: { kind: 'text' } } as const;
  assert.throws(() => decideVersion(write('swap', 'keep'), 'same', { ...LIVE, stored: [ID, text] }), {
    code: 'PLAN_INVALID',
    message: /column "score" would change from text to float/,
  });
});

for (const [what, stored, says] of [
  [
    'another type',
    [{ ...ID, type: { kind: 'text' } }, SCORE],
    /version 4.* was altered: "id" int64 is text now/,
  ],
  ['a column less', [ID], /version 4.* was altered: "score" float is gone/],
] satisfies readonly (readonly [string, readonly Column[], RegExp])[]) {
  test(`a live table of the same contract with ${what} was altered by somebody: refused`, () => {
    for (const strategy of ['swap', 'merge'] as const) {
      const of = { ...write(strategy, 'drop'), onColumnChange: 'refuse' } as const;
      assert.throws(() => decideVersion(of, 'same', { ...LIVE, stored }), says);
      assert.equal(decideVersion(of, 'other', { ...LIVE, stored }).kind, 'new');
    }
  });
}

test('a column of origin that the live table does not store is nothing altered', () => {
  const origin: Column = { name: '_run_id', type: { kind: 'uuid' }, native: 'uuid' };
  const of = {
    ...write('merge', 'drop'),
    tableColumns: [origin, ID, SCORE],
    onColumnChange: 'refuse',
  } as const;
  assert.deepEqual(decideVersion(of, 'same', LIVE), { kind: 'new', carries: false });
});
