import { readFileSync } from 'node:fs';
import { duckdb } from '../adapters/duckdb/index.js';
import {
  BufferPool,
  type Column,
  type LoadPart,
  type Vector,
  type WarehouseAdapter,
} from '../src/contract/index.js';
import { BLOCK_ROWS } from '../src/plan/build.js';
import { countCores } from '../src/score/cores.js';
import { WorkerPool } from '../src/score/pool.js';
import type { ChunkColumns } from '../src/score/protocol.js';
import { FEATURES, type ModelName, modelFile } from './data.js';

/**
 * One stage of a run alone, in a process of its own: `stages.js read|score|load <rows> <database> <model>` prints the
 * seconds of the stage without the start of the process.
 */
const CHUNK_ROWS = 65_536;
const ENGINE_BYTES = 64 * 1024 ** 2;
const { signal } = new AbortController();

async function open(file: string): Promise<WarehouseAdapter> {
  const context = {
    projectDir: '/',
    write: true,
    lockWaitMs: 0,
    memoryBytes: ENGINE_BYTES,
    cores: countCores(),
  };
  return duckdb.open({ path: file }, context, signal);
}

async function readAlone(file: string): Promise<number> {
  await using adapter = await open(file);
  const query = { sql: 'select * from main.input' };
  const columns = await adapter.describe(query, signal);
  const buffers = new BufferPool();
  const key = columns.slice(0, 1);
  const start = performance.now();
  const options = { key, chunkRows: CHUNK_ROWS, order: 'any', buffers, signal } as const;
  for await (const batch of adapter.read(query, columns, options)) {
    buffers.give(batch.columns.map(({ values }) => values.buffer as ArrayBuffer));
  }
  return (performance.now() - start) / 1000;
}

async function scoreAlone(rows: number, model: ModelName): Promise<number> {
  const cores = countCores();
  await using pool = await WorkerPool.open(Promise.resolve(readFileSync(modelFile(model))), cores);
  const [input] = pool.info.inputs;
  const float = { kind: 'float' } as const;
  const features = FEATURES.map(
    (column, index) => ({ column, index, type: float, nulls: { kind: 'fail' } }) as const,
  );
  const output = {
    column: 'prediction',
    from: 'variable',
    element: null,
    type: float,
    nonfinite: 'fail',
    range: null,
  } as const;
  const tensors = [{ input: input?.name ?? '', element: 'float32', rank: 2, features }] as const;
  await pool.prepare({ tensors, outputs: [output], blockRows: BLOCK_ROWS });
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647) * 4 - 2;
  };
  const toFeature = (values: Float32Array): Vector => ({
    type: float,
    length: CHUNK_ROWS,
    values,
    validity: null,
  });
  const newChunk = (): ChunkColumns => ({
    features: FEATURES.map(() => toFeature(Float32Array.from({ length: CHUNK_ROWS }, random))),
    key: [
      {
        type: { kind: 'int64' },
        length: CHUNK_ROWS,
        values: new BigInt64Array(CHUNK_ROWS),
        validity: null,
      },
    ],
    passthrough: [],
  });
  const chunks = Array.from({ length: pool.depth }, newChunk);
  let left = rows;
  // The columns come back with the scores, for the next chunk.
  const scoreOn = async (chunk: ChunkColumns): Promise<void> => {
    while (left > 0) {
      const count = Math.min(CHUNK_ROWS, left);
      left -= count;
      const { returned, carried } = await pool.score(count, chunk);
      chunk = {
        features: returned.map((buffer) => toFeature(new Float32Array(buffer))),
        key: carried,
        passthrough: [],
      };
    }
  };
  const start = performance.now();
  await Promise.all(chunks.map(scoreOn));
  return (performance.now() - start) / 1000;
}

async function loadAlone(rows: number, file: string): Promise<number> {
  await using adapter = await open(file);
  const relation = { schema: 'main', name: 'load_alone' };
  const columns: readonly Column[] = [
    { name: 'id', type: { kind: 'int64' }, native: '' },
    { name: 'prediction', type: { kind: 'float' }, native: '' },
    { name: '_load', type: { kind: 'int64' }, native: '' },
  ];
  const list = columns.map(
    ({ name, type }) => `${adapter.dialect.ident(name)} ${adapter.dialect.type(type)}`,
  );
  const create = {
    name: 'create',
    sql: `create or replace table ${adapter.dialect.relation(relation)} (${list.join(', ')})`,
  };
  await adapter.execute([create], { atomic: false, signal });
  const start = performance.now();
  const { loadRows } = adapter.capabilities.limits;
  for (let at = 0; at < rows; at += loadRows) {
    await adapter.load(relation, parts(at, Math.min(at + loadRows, rows)), { signal });
  }
  return (performance.now() - start) / 1000;
}

async function* parts(from: number, to: number): AsyncGenerator<LoadPart> {
  const scores = Float32Array.from({ length: CHUNK_ROWS }, Math.random);
  const keys = new BigInt64Array(CHUNK_ROWS);
  for (let at = from; at < to; at += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, to - at);
    for (let i = 0; i < rows; i++) keys[i] = BigInt(at + i);
    yield {
      loadKey: BigInt(at),
      rows,
      columns: [
        { kind: 'vector', vector: { type: { kind: 'int64' }, length: rows, values: keys, validity: null } },
        { kind: 'vector', vector: { type: { kind: 'float' }, length: rows, values: scores, validity: null } },
        {
          kind: 'constant',
          vector: {
            type: { kind: 'int64' },
            length: 1,
            values: BigInt64Array.of(BigInt(at)),
            validity: null,
          },
        },
      ],
    };
  }
}

const [stage, rowsText = '0', file = '', model = 'linear'] = process.argv.slice(2);
const rows = Number(rowsText);
const seconds =
  stage === 'read'
    ? await readAlone(file)
    : stage === 'score'
      ? await scoreAlone(rows, model as ModelName)
      : await loadAlone(rows, file);
process.stdout.write(JSON.stringify({ seconds }));
