import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blockRowsOf, padBlock, paddedLength, TokenBuckets } from '../../../src/features/token-blocks.js';
import type { TextSpec } from '../../../src/plan/scoring-spec.js';

const SPEC: TextSpec = {
  feature: { column: 'text', index: 0, type: { kind: 'text' }, nulls: { kind: 'fail' } },
  tokenizerSha256: '',
  inputs: [],
  maxLength: 40,
  fixedLength: null,
  fixedRows: null,
  truncateLeft: false,
  padLeft: false,
  padId: 9,
  padTypeId: 3,
  blockTokens: 48,
};

const tokensOf = (...ids: number[]) => ({ ids, types: ids.map(() => 0) });

describe('paddedLength', () => {
  for (const [tokens, length] of [
    [0, 16],
    [1, 16],
    [16, 16],
    [17, 32],
    [33, 40],
    [40, 40],
  ] as const) {
    it(`is ${length} for ${tokens} tokens of at most 40`, () =>
      assert.equal(paddedLength(tokens, SPEC), length));
  }

  it('is the one length of a model that takes no other', () => {
    assert.equal(paddedLength(3, { ...SPEC, fixedLength: 64 }), 64);
  });
});

describe('blockRowsOf', () => {
  for (const [length, rows] of [
    [16, 32],
    [48, 10],
    [256, 2],
    [512, 2],
  ] as const) {
    it(`takes ${rows} texts of ${length} tokens for 512 tokens`, () => {
      assert.equal(blockRowsOf(length, { blockTokens: 512, fixedRows: null }), rows);
    });
  }
});

describe('blockRowsOf a model that takes so many texts only', () => {
  it('is that number', () => assert.equal(blockRowsOf(16, { blockTokens: 512, fixedRows: 1 }), 1));
});

describe('TokenBuckets', () => {
  it('gives a block once it is full, and the others at the end', () => {
    const buckets = new TokenBuckets(SPEC);
    const long = tokensOf(...Array.from({ length: 20 }, (_, i) => i));
    assert.equal(buckets.add(0, tokensOf(1)), null);
    assert.equal(buckets.add(1, long), null);
    assert.equal(buckets.add(2, tokensOf(2)), null);
    assert.deepEqual(buckets.add(3, tokensOf(3))?.rows, [0, 2, 3]);
    assert.equal(buckets.add(4, tokensOf(4)), null);
    assert.deepEqual(
      [...buckets.drain()].map(({ length, blockRows, rows }) => [length, blockRows, rows]),
      [
        [32, 2, [1]],
        [16, 3, [4]],
      ],
    );
    assert.deepEqual([...buckets.drain()], []);
  });
});

describe('padBlock', () => {
  const block = { length: 4, blockRows: 2, rows: [5], tokens: [tokensOf(1, 2)] };

  it('pads on the right, and repeats the last text', () => {
    const { ids, mask, types } = padBlock(block, SPEC);
    assert.deepEqual([...ids], [1, 2, 9, 9, 1, 2, 9, 9]);
    assert.deepEqual([...mask], [1, 1, 0, 0, 1, 1, 0, 0]);
    assert.deepEqual([...types], [0, 0, 3, 3, 0, 0, 3, 3]);
  });

  it('pads on the left where the tokenizer does', () => {
    const { ids, mask } = padBlock({ ...block, blockRows: 1 }, { ...SPEC, padLeft: true });
    assert.deepEqual([...ids], [9, 9, 1, 2]);
    assert.deepEqual([...mask], [0, 0, 1, 1]);
  });
});
