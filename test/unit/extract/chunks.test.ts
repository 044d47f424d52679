import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyTuple } from '../../../src/contract/index.js';
import { toRanges } from '../../../src/extract/chunks.js';

function key(text: string): KeyTuple {
  return [{ type: { kind: 'int64' }, text }];
}

test('no bounds make one range of everything', () => {
  assert.deepEqual(toRanges([]), [{ lo: null, hi: null }]);
});

test('bounds make ranges that meet and are open at both ends', () => {
  const [a, b] = [key('1'), key('2')];
  assert.deepEqual(toRanges([a, b]), [
    { lo: null, hi: a },
    { lo: a, hi: b },
    { lo: b, hi: null },
  ]);
});
