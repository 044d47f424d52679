import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TupleWriter } from '../../../adapters/postgres/tuples.js';
import { type CanonicalType, type LoadColumn, newValues, type Vector } from '../../../src/contract/index.js';

const TYPES: readonly CanonicalType[] = [
  { kind: 'bool' },
  { kind: 'int32' },
  { kind: 'int64' },
  { kind: 'float' },
  { kind: 'double' },
  { kind: 'uuid' },
  { kind: 'date' },
  { kind: 'time' },
  { kind: 'timestamp', zoned: true },
];

/** Some bytes that differ from row to row; small ones, so that they are a value of every type. */
function vectorOf(type: CanonicalType, rows: number): Vector {
  const values = newValues(type, rows);
  for (let i = 0; i < values.length; i++) {
    const value = (i * 7919) % 251;
    values[i] = values instanceof BigInt64Array ? BigInt(value) : type.kind === 'bool' ? value % 2 : value;
  }
  return { type, length: rows, values, validity: null };
}

/** What goes to the server. */
async function encode(columns: readonly LoadColumn[], rows: number): Promise<Buffer> {
  const sent: Buffer[] = [];
  const writer = new TupleWriter(async (bytes) => {
    sent.push(Buffer.from(bytes));
  });
  await writer.write({ loadKey: 1n, rows, columns });
  await writer.end();
  return Buffer.concat(sent);
}

describe('tuples of one length', () => {
  for (const rows of [1, 1024, 2500]) {
    it(`are the same bytes as ${rows} that might have NULLs`, async () => {
      const constant = { kind: 'constant', vector: vectorOf({ kind: 'int64' }, 1) } as const;
      const vectors = TYPES.map((type) => vectorOf(type, rows));
      const validity = new Uint8Array(Math.ceil(rows / 8)).fill(0xff);
      const toColumns = (all: readonly Vector[]) =>
        [...all.map((vector) => ({ kind: 'vector', vector }) as const), constant] as const;
      const regular = await encode(toColumns(vectors), rows);
      const other = await encode(toColumns(vectors.map((vector) => ({ ...vector, validity }))), rows);
      assert.ok(regular.equals(other));
    });
  }

  it('may be wider than the buffer that they go through', async () => {
    const columns = Array.from(
      { length: 400 },
      () => ({ kind: 'vector', vector: vectorOf({ kind: 'double' }, 600) }) as const,
    );
    const bytes = await encode(columns, 600);
    assert.equal(bytes.length, 19 + 600 * (2 + 400 * 12) + 2);
  });
});
