import { readFileSync } from 'node:fs';
import { loadAdapter } from '../adapters/index.js';
import {
  BufferPool,
  type Column,
  type LoadPart,
  Secret,
  type Vector,
  type WarehouseAdapter,
} from '../src/contract/index.js';
import { BLOCK_ROWS } from '../src/plan/block-rows.js';
import { countCores } from '../src/score/cores.js';
import { WorkerPool } from '../src/score/pool.js';
import type { ChunkColumns } from '../src/score/protocol.js';
import { FEATURES, type ModelName, modelFile } from './data.js';

/**
 * One stage of a run alone, in a process of its own: `stages.js read|score|load <rows> <kind> <address> <model>` prints
 * the seconds of the stage without the start of the process. The address is DuckDB's file or Postgres' URL.
 */
const CHUNK_ROWS = 65_536;
const ENGINE_BYTES = 64 * 1024 ** 2;
const { signal } = new AbortController();

/** Where the input is, and where the load's table goes. */
const SCHEMAS: Readonly<Record<string, string>> = { duckdb: 'main', postgres: 'public' };

async function open(kind: string, address: string): Promise<WarehouseAdapter> {
  const context = {
    projectDir: '/',
    write: true,
    lockWaitMs: 0,
    memoryBytes: ENGINE_BYTES,
    cores: countCores(),
  };
  const definition = await loadAdapter(kind);
  const config = kind === 'duckdb' ? { path: address } : { url: new Secret(address) };
  return definition.open(config as never, context, signal);
}

async function readAlone(adapter: WarehouseAdapter): Promise<number> {
  const query = { sql: `select * from ${SCHEMAS[adapter.kind]}.input` };
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
  const bytes = readFileSync(modelFile(model));
  await using pool = await WorkerPool.open(Promise.resolve([{ kind: 'bytes', bytes }]), {
    size: cores,
    maxGrowthBytes: Number.POSITIVE_INFINITY,
    signal,
  });
  const input = pool.info.models[0]?.inputs[0];
  const float = { kind: 'float' } as const;
  const features = FEATURES.map(
    (column, index) => ({ column, index, type: float, nulls: { kind: 'fail' } }) as const,
  );
  const output = {
    column: 'prediction',
    model: 0,
    from: 'variable',
    read: { kind: 'value', element: null },
    type: float,
    nonfinite: 'fail',
    range: null,
  } as const;
  const tensors = [{ input: input?.name ?? '', element: 'float32', rank: 2, features }] as const;
  await pool.prepare({ models: [{ tensors, text: null, blockRows: BLOCK_ROWS }], outputs: [output] });
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

async function loadAlone(adapter: WarehouseAdapter, rows: number): Promise<number> {
  const relation = { schema: SCHEMAS[adapter.kind] ?? '', name: 'load_alone' };
  const loaded = LOADED.map(
    ({ name, type }) => `${adapter.dialect.ident(name)} ${adapter.dialect.type(type)}`,
  );
  const table = adapter.dialect.relation(relation);
  const columns = [...(ORIGINS[adapter.kind] ?? []), ...loaded];
  const statements = [`drop table if exists ${table}`, `create table ${table} (${columns.join(', ')})`];
  await adapter.execute(
    statements.map((sql) => ({ name: 'create', sql })),
    { atomic: false, signal },
  );
  const start = performance.now();
  const { loadRows } = adapter.capabilities.limits;
  const names = LOADED.map(({ name }) => name);
  for (let at = 0; at < rows; at += loadRows) {
    await adapter.load(relation, parts(at, Math.min(at + loadRows, rows)), { columns: names, signal });
  }
  return (performance.now() - start) / 1000;
}

/** What a run loads. */
const LOADED: readonly Pick<Column, 'name' | 'type'>[] = [
  { name: 'id', type: { kind: 'int64' } },
  { name: 'prediction', type: { kind: 'float' } },
  { name: '_load', type: { kind: 'int64' } },
];

/** What a version table holds besides: its defaults on Postgres; on DuckDB they stand in the view's text. */
const ORIGINS: Readonly<Record<string, readonly string[]>> = {
  postgres: [
    "_run_id uuid default '019aba53-0c1e-7a44-8bd2-6f6a2f1a0c55'",
    "_model_version text default '0123456789ab'",
    "_scored_at timestamptz default '2026-01-01 00:00:00Z'",
  ],
};

async function* parts(from: number, to: number): AsyncGenerator<LoadPart> {
  const scores = Float32Array.from({ length: CHUNK_ROWS }, Math.random);
  const keys = new BigInt64Array(CHUNK_ROWS);
  const int64 = { kind: 'int64' } as const;
  const float = { kind: 'float' } as const;
  for (let at = from; at < to; at += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, to - at);
    for (let i = 0; i < rows; i++) keys[i] = BigInt(at + i);
    const loadKey = BigInt64Array.of(BigInt(at));
    yield {
      loadKey: BigInt(at),
      rows,
      columns: [
        { kind: 'vector', vector: { type: int64, length: rows, values: keys, validity: null } },
        { kind: 'vector', vector: { type: float, length: rows, values: scores, validity: null } },
        { kind: 'constant', vector: { type: int64, length: 1, values: loadKey, validity: null } },
      ],
    };
  }
}

async function time(): Promise<number> {
  const [stage, rowsText = '0', kind = '', address = '', model = 'linear'] = process.argv.slice(2);
  const rows = Number(rowsText);
  if (stage === 'score') return scoreAlone(rows, model as ModelName);
  await using adapter = await open(kind, address);
  return await (stage === 'read' ? readAlone(adapter) : loadAlone(adapter, rows));
}

process.stdout.write(JSON.stringify({ seconds: await time() }));
