import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RowHasher } from '../../../src/hash/row-hasher.js';
import { renderHash } from '../../../src/hash/text.js';
import { makeVector } from '../../support/vectors.js';

const hasher = new RowHasher();

function md5(encoding: string): string {
  return createHash('md5').update(encoding).digest('hex').slice(0, 16);
}

function textPiece(text: string | null): string {
  return text === null ? '~;' : `${Buffer.byteLength(text)}:${text};`;
}

describe('md5 over many rows', () => {
  it("is node:crypto's for every length of a message from 2 to 200, alone and beside any other", () => {
    const texts = Array.from({ length: 200 }, (_, length) => 'x'.repeat(length));
    const expected = texts.map((text) => md5(textPiece(text)));
    const shuffled = texts.map((_, i) => texts[(i * 67) % 200] as string);
    const hashOf = (list: readonly string[]) =>
      [...hasher.hashRows(list.length, [makeVector({ kind: 'text' }, list)])].map(renderHash);
    assert.deepEqual(hashOf(texts), expected);
    assert.deepEqual(
      hashOf(shuffled),
      shuffled.map((text) => md5(textPiece(text))),
    );
    assert.deepEqual(
      texts.flatMap((text) => hashOf([text])),
      expected,
    );
  });

  it('takes texts of megabytes between short ones', () => {
    const texts = ['a', 'b'.repeat(3_000_000), '', 'c'.repeat(70_000), 'd'];
    const hashes = [...hasher.hashRows(texts.length, [makeVector({ kind: 'text' }, texts)])].map(renderHash);
    assert.deepEqual(
      hashes,
      texts.map((text) => md5(textPiece(text))),
    );
  });

  it('forgets what the rows before it held', () => {
    const hash = (text: string) => hasher.hashRows(1, [makeVector({ kind: 'text' }, [text])])[0];
    const before = hash('a');
    hash('z'.repeat(5000));
    assert.equal(hash('a'), before);
  });
});

describe('row encodings', () => {
  const row = fc.record({
    id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    text: fc.option(fc.string({ unit: 'binary', maxLength: 80 }), { freq: 4 }),
    // A decimal(18,3), scaled.
    amount: fc.option(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })),
    score: fc.double(),
  });

  it('are the pieces of all columns, for any rows and any number of them', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 700, size: 'max' }), (rows) => {
        const key = makeVector(
          { kind: 'int64' },
          rows.map(({ id }) => id),
        );
        const rest = [
          makeVector(
            { kind: 'text' },
            rows.map(({ text }) => text),
          ),
          makeVector(
            { kind: 'decimal', precision: 18, scale: 3 },
            rows.map(({ amount }) => amount),
          ),
          makeVector(
            { kind: 'double' },
            rows.map(({ score }) => score),
          ),
        ];
        const encodings = rows.map(
          ({ id, text, amount, score }) =>
            `${id};${textPiece(text)}${amount === null ? '~' : plain(amount)};${hex(score)};`,
        );
        assert.deepEqual(
          [...hasher.hashRows(rows.length, [key, ...rest])].map(renderHash),
          encodings.map(md5),
        );
        const sets = hasher.hashSets(rows.length, [key], rest);
        assert.equal(sets.keys, xor(rows.map(({ id }) => md5(`${id};`))));
        assert.equal(sets.values, xor(encodings.map(md5)));
      }),
      { numRuns: 60 },
    );
  });
});

function xor(hashes: readonly string[]): bigint {
  return hashes.reduce((all, hash) => all ^ BigInt(`0x${hash}`), 0n);
}

function plain(scaled: bigint): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(4, '0');
  return `${scaled < 0n ? '-' : ''}${`${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/\.?0+$/, '')}`;
}

function hex(value: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(Number.isNaN(value) ? Number.NaN : value + 0);
  return buffer.toString('hex');
}
