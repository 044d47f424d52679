import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BufferPool } from '../../../src/contract/index.js';

describe('BufferPool', () => {
  it('gives back a buffer of the same size', () => {
    const pool = new BufferPool();
    const buffer = pool.take(1024);
    pool.give([buffer]);
    assert.equal(pool.take(1024), buffer);
  });

  it('never hands a buffer out twice', () => {
    const pool = new BufferPool();
    pool.give([new ArrayBuffer(8)]);
    assert.notEqual(pool.take(8), pool.take(8));
  });

  it('makes a new buffer where no free one has the size', () => {
    const pool = new BufferPool();
    pool.give([new ArrayBuffer(8)]);
    assert.equal(pool.take(16).byteLength, 16);
  });

  it('does not keep what was moved to another thread', () => {
    const pool = new BufferPool();
    const buffer = new ArrayBuffer(64);
    structuredClone(buffer, { transfer: [buffer] });
    pool.give([buffer]);
    assert.equal(pool.take(64).byteLength, 64);
  });

  it('keeps a bounded amount', () => {
    const pool = new BufferPool();
    const size = 64 * 1024 ** 2;
    const [kept, dropped] = [new ArrayBuffer(size), new ArrayBuffer(size)];
    pool.give([kept, dropped]);
    assert.equal(pool.take(size), kept);
    assert.notEqual(pool.take(size), dropped);
  });
});
