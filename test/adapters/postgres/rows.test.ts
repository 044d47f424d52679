import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Batch,
  BufferPool,
  type CanonicalType,
  type Column,
  isValid,
  type LoadPart,
  renderType,
  type Vector,
  valueToText,
} from '../../../src/contract/index.js';
import { execute, NEVER, queryAll } from '../../support/duckdb.js';
import { type OpenPostgres, openPostgres } from '../../support/open-postgres.js';
import { newDatabase, type TestDatabase } from '../../support/postgres.js';
import { makeVector } from '../../support/vectors.js';

type Raw = number | bigint | boolean | string | null;

const bigints = (bits: number) =>
  fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });
const MAX_INT64 = 2n ** 63n - 1n;
const scaled = (digits: number) =>
  fc.bigInt({ min: -(10n ** BigInt(digits)) + 1n, max: 10n ** BigInt(digits) - 1n });

/** Values as vectors hold them, for each type: those that Postgres can hold too. */
const TYPES: readonly [CanonicalType, fc.Arbitrary<Raw>][] = [
  [{ kind: 'bool' }, fc.boolean()],
  [{ kind: 'int32' }, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  [{ kind: 'int64' }, bigints(64)],
  [{ kind: 'float' }, fc.float()],
  [{ kind: 'double' }, fc.double()],
  ...[
    [1, 0],
    [4, 4],
    [5, 2],
    [12, 5],
    [13, 1],
    [18, 3],
    [18, 18],
    [19, 7],
    [38, 0],
    [38, 10],
    [38, 38],
  ].map(([precision = 0, scale = 0]): [CanonicalType, fc.Arbitrary<Raw>] => [
    { kind: 'decimal', precision, scale },
    fc.oneof(scaled(precision), fc.constantFrom(0n, 1n, -1n)),
  ]),
  [{ kind: 'text' }, fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'))],
  [{ kind: 'bytes' }, fc.string({ unit: 'binary-ascii', maxLength: 40 })],
  [{ kind: 'uuid' }, bigints(128)],
  [
    { kind: 'date' },
    fc.oneof(
      fc.integer({ min: -2_440_588, max: 2_145_042_905 }),
      fc.constantFrom(2 ** 31 - 1, -(2 ** 31) + 1),
    ),
  ],
  [{ kind: 'time' }, fc.bigInt({ min: 0n, max: 86_400_000_000n })],
  ...[true, false].map((zoned): [CanonicalType, fc.Arbitrary<Raw>] => [
    { kind: 'timestamp', zoned },
    fc.oneof(
      fc.bigInt({ min: -210_866_803_200_000_000n, max: 9_223_371_331_199_999_999n }),
      fc.constantFrom(0n, MAX_INT64, -MAX_INT64, 946_684_800_000_000n, 946_684_799_999_999n),
    ),
  ]),
];

const texts = (vector: Vector): readonly (string | null)[] =>
  Array.from({ length: vector.length }, (_, row) => (isValid(vector, row) ? valueToText(vector, row) : null));

async function readAll(
  adapter: OpenPostgres,
  sql: string,
  chunkRows: number,
): Promise<{ columns: readonly Column[]; batches: readonly Batch[] }> {
  const columns = await adapter.describe({ sql }, NEVER);
  const options = { key: columns.slice(0, 1), chunkRows, order: 'key', buffers: new BufferPool() } as const;
  const batches: Batch[] = [];
  for await (const batch of adapter.read({ sql }, columns, { ...options, signal: NEVER }))
    batches.push(batch);
  return { columns, batches };
}

async function* oneByOne(parts: readonly LoadPart[]): AsyncGenerator<LoadPart> {
  yield* parts;
}

describe('rows', () => {
  let database: TestDatabase;
  let adapter: OpenPostgres;
  let tables = 0;
  before(async () => {
    database = await newDatabase();
    adapter = await openPostgres({ url: database.url });
  });
  after(async () => {
    await adapter.close();
    await database[Symbol.asyncDispose]();
  });

  for (const [type, values] of TYPES) {
    it(`of ${renderType(type)} are loaded, kept and read exactly`, async () => {
      const rows = fc.array(fc.option(values, { freq: 4 }), { minLength: 1, maxLength: 120 });
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 70 }), async (raws, chunkRows) => {
          const table = { schema: 'public', name: `t${tables++}` };
          const { dialect } = adapter;
          const relation = dialect.relation(table);
          await execute(
            adapter,
            `create table ${relation} (n integer, v ${dialect.type(type)}, w ${dialect.type(type)})`,
          );
          const vector = makeVector(type, raws);
          const expected = texts(vector);
          const part: LoadPart = {
            loadKey: 1n,
            rows: raws.length,
            columns: [
              {
                kind: 'vector',
                vector: makeVector(
                  { kind: 'int32' },
                  raws.map((_, i) => i),
                ),
              },
              { kind: 'vector', vector },
            ],
          };
          const loaded = await adapter.load(table, oneByOne([part]), { columns: ['n', 'v'], signal: NEVER });
          assert.equal(loaded, raws.length);

          // The server reads the literals in its own way, and finds the same values in the rows.
          const literals = expected.map(
            (text, i) =>
              `(${i}, ${text === null ? `cast(null as ${dialect.type(type)})` : dialect.literal({ type, text })})`,
          );
          await execute(
            adapter,
            `update ${relation} as t set w = x.w from (values ${literals.join(', ')}) as x (n, w) where t.n = x.n`,
          );
          const differ = `select n, cast(v as text), cast(w as text) from ${relation} where v is distinct from w`;
          assert.deepEqual(await queryAll(adapter, differ), []);

          const { columns, batches } = await readAll(adapter, `select n, v from ${relation}`, chunkRows);
          assert.deepEqual(columns[1]?.type, type);
          assert.deepEqual(
            batches.map((batch) => batch.rows),
            toChunks(raws.length, chunkRows),
          );
          assert.deepEqual(
            batches.flatMap((batch) => texts(batch.columns[1] as Vector)),
            expected,
          );
          await execute(adapter, `drop table ${relation}`);
        }),
        { numRuns: 10 },
      );
    });
  }
});

function toChunks(rows: number, chunkRows: number): readonly number[] {
  const full = Array.from({ length: Math.floor(rows / chunkRows) }, () => chunkRows);
  return rows % chunkRows === 0 ? full : [...full, rows % chunkRows];
}
