import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ParquetWriter } from '../../../adapters/bigquery/parquet.js';
import {
  BufferPool,
  type CanonicalType,
  type LoadColumn,
  type LoadPart,
  renderType,
  type Vector,
} from '../../../src/contract/index.js';
import { CORPORA, UNORDERED_CORPORA } from '../../conformance/corpora.js';
import { textAt } from '../../conformance/reading.js';
import { toVector } from '../../conformance/values.js';
import { NEVER, openDuckdb } from '../../support/duckdb.js';
import { makeArrays } from '../../support/vectors.js';

/** Writes parts of one column, and reads them with DuckDB. */
async function roundTrip(
  parts: readonly LoadPart[],
  select = 'v',
): Promise<{ readonly native: string; readonly texts: readonly (string | null)[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'parquet-'));
  const chunks: Buffer[] = [];
  const writer = new ParquetWriter(async (bytes) => void chunks.push(Buffer.from(bytes)), ['v']);
  for (const part of parts) await writer.add(part);
  await writer.end();
  const file = join(dir, 'x.parquet');
  writeFileSync(file, Buffer.concat(chunks));
  const adapter = await openDuckdb(join(dir, 'x.duckdb'));
  try {
    const query = { sql: `select ${select} from read_parquet('${file}')` };
    const columns = await adapter.describe(query, NEVER);
    const texts: (string | null)[] = [];
    const options = {
      key: columns,
      chunkRows: 1000,
      order: 'any',
      buffers: new BufferPool(),
      signal: NEVER,
    } as const;
    for await (const { rows, columns: vectors } of adapter.read(query, columns, options)) {
      for (let row = 0; row < rows; row++) texts.push(textAt(vectors[0] as Vector, row));
    }
    return { native: columns[0]?.native ?? '', texts };
  } finally {
    await adapter.close();
    rmSync(dir, { recursive: true });
  }
}

function part(kind: LoadColumn['kind'], vector: Vector, rows = vector.length): LoadPart {
  return { loadKey: 1n, rows, columns: [{ kind, vector }] };
}

const NATIVE: Readonly<Record<string, RegExp>> = {
  bool: /^BOOLEAN$/,
  int32: /^INTEGER$/,
  int64: /^BIGINT$/,
  float: /^FLOAT$/,
  double: /^DOUBLE$/,
  decimal: /^DECIMAL\(\d+,\s?\d+\)$/,
  text: /^VARCHAR$/,
  uuid: /^VARCHAR$/,
  bytes: /^BLOB$/,
  date: /^DATE$/,
  time: /^TIME/,
  timestamp: /^TIMESTAMP/,
};

const select = ({ kind }: CanonicalType): string => (kind === 'time' ? 'cast(v as time) as v' : 'v');

for (const { name, type, texts } of [...CORPORA, ...UNORDERED_CORPORA]) {
  test(`${name}: every value, with and without NULLs, and as one for all rows`, async () => {
    const withNulls = Array.from({ length: 40 }, () => [...texts, null]).flat();
    const parts = [part('vector', toVector(type, withNulls)), part('vector', toVector(type, texts))];
    for (const text of [...texts, null]) parts.push(part('constant', toVector(type, [text]), 3));
    const read = await roundTrip(parts, select(type));
    assert.match(read.native, NATIVE[type.kind] as RegExp, renderType(type));
    const constants = [...texts, null].flatMap((text) => [text, text, text]);
    assert.deepEqual(read.texts, [...withNulls, ...texts, ...constants]);
  });
}

test('arrays with and without NULLs', async () => {
  const rows = [[1.5, Number.NaN], null, [-0.25, 2]];
  const parts = [
    part('vector', makeArrays('double', 2, rows)),
    part('constant', makeArrays('double', 2, [[7, 8]]), 2),
  ];
  const { texts } = await roundTrip(parts, "array_to_string(v, ' ') as v");
  assert.deepEqual(texts, ['1.5 nan', null, '-0.25 2.0', '7.0 8.0', '7.0 8.0']);
});

test('arrays of booleans are packed over the rows', async () => {
  const rows = [[true, false, true], null, [false, false, true]];
  const { texts } = await roundTrip(
    [part('vector', makeArrays('bool', 3, rows))],
    "array_to_string(v, ' ') as v",
  );
  assert.deepEqual(texts, ['true false true', null, 'false false true']);
});

test('bytes that are no UTF-8 are refused, also where the next text would complete the letter', async () => {
  const values = new Uint8Array([0x61, 0xe2, 0x82, 0xac]);
  const vector: Vector = {
    type: { kind: 'text' },
    length: 2,
    values,
    offsets: Int32Array.of(0, 3, 4),
    validity: null,
  };
  await assert.rejects(roundTrip([part('vector', vector)]), {
    code: 'WAREHOUSE',
    message: /column "v".*UTF-8/,
  });
});
