import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duckdbDialect } from '../../../adapters/duckdb/dialect.js';
import { type Column, type KeyTuple, renderKeyRange, renderKeyTuple } from '../../../src/contract/index.js';

const A: Column = { name: 'a', type: { kind: 'int64' }, native: 'BIGINT' };
const B: Column = { name: 'b', type: { kind: 'int64' }, native: 'BIGINT' };

test('an open range has no condition', () => {
  assert.equal(renderKeyRange(duckdbDialect, [A], { lo: null, hi: null }), null);
});

test('a range leaves its lower bound out and takes its upper one', () => {
  assert.equal(
    renderKeyRange(duckdbDialect, [A], { lo: tuple('1'), hi: tuple('2') }),
    `"a" > cast('1' as bigint) and "a" <= cast('2' as bigint)`,
  );
});

test('each column of a composite key is compared on its own', () => {
  assert.equal(
    renderKeyRange(duckdbDialect, [A, B], { lo: tuple('1', '2'), hi: null }),
    `("a" >= cast('1' as bigint) and ("a" > cast('1' as bigint) or ("b" > cast('2' as bigint))))`,
  );
});

test('a key tuple is a JSON array of texts', () => {
  const key: KeyTuple = [{ type: { kind: 'text' }, text: 'a"\n' }, ...tuple('9007199254740993')];
  assert.deepEqual(JSON.parse(renderKeyTuple(key)), ['a"\n', '9007199254740993']);
});

function tuple(...texts: readonly string[]): KeyTuple {
  return texts.map((text) => ({ type: { kind: 'int64' }, text }));
}
