import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Vector } from '../../../src/contract/index.js';
import { RowHasher } from '../../../src/hash/row-hasher.js';
import { renderHash } from '../../../src/hash/text.js';
import { combine, ROW_CASES, toVector, VALUE_CASES } from '../../support/hash-vectors.js';

const hasher = new RowHasher();

/** The hash of every row, as text. */
function hashRows(columns: readonly Vector[]): readonly string[] {
  return [...hasher.hashRows(columns[0]?.length ?? 0, columns)].map(renderHash);
}

describe('hashes of values', () => {
  for (const [type, cases] of VALUE_CASES) {
    it(`of type ${type}`, () => {
      const found = hashRows([
        toVector(
          type,
          cases.map(({ value }) => value),
        ),
      ]);
      assert.deepEqual(
        cases.map(({ value }, i) => [value, found[i]]),
        cases.map(({ value, hash }) => [value, hash]),
      );
    });
  }

  it('know one NaN, whatever its bits', () => {
    const bits = BigUint64Array.of(0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff0000000000001n);
    const doubles = new Float64Array(bits.buffer);
    const [one, ...others] = hashRows([
      { type: { kind: 'double' }, length: 3, values: doubles, validity: null },
    ]);
    assert.deepEqual(others, [one, one]);
  });

  it('of a text with a NUL byte', () => {
    // md5('3:a\0b;')
    assert.deepEqual(hashRows([toVector('text', ['a\0b'])]), ['49a848a90e0ca7fc']);
  });

  it('are the same for an integer, a decimal without a fraction and a longer integer', () => {
    const values = ['0', '-7', '2147483647'];
    const plain = hashRows([toVector('int32', values)]);
    assert.deepEqual(hashRows([toVector('int64', values)]), plain);
    assert.deepEqual(hashRows([toVector('decimal(38,0)', values)]), plain);
    const scaled = values.map((value) => `${value}.00`);
    assert.deepEqual(hashRows([toVector('decimal(12,2)', scaled)]), plain);
  });

  it('are the same for a real and the double it widens to', () => {
    const values = ['0.1', '-2.5', '1e-45', '3.4028234663852886e38'];
    const widened = values.map((value) => String(Math.fround(Number(value))));
    assert.deepEqual(hashRows([toVector('float', values)]), hashRows([toVector('double', widened)]));
  });
});

describe('hashes of rows', () => {
  for (const { types, rows, hashes } of ROW_CASES) {
    const columns = types.map((type, i) =>
      toVector(
        type,
        rows.map((row) => row[i] ?? null),
      ),
    );

    it(`of (${types.join(', ')})`, () => {
      assert.deepEqual(hashRows(columns), hashes);
    });

    it(`of (${types.join(', ')}) come to the hash of their set, and so do the keys'`, () => {
      const [key, ...rest] = columns as [Vector, ...Vector[]];
      const sets = hasher.hashSets(rows.length, [key], rest);
      assert.equal(renderHash(sets.values), combine(hashes));
      assert.equal(renderHash(sets.keys), combine(hashRows([key])));
    });
  }

  it('of a set without rows are zero', () => {
    const sets = hasher.hashSets(0, [toVector('int64', [])], []);
    assert.deepEqual(sets, { keys: 0n, values: 0n });
  });
});
