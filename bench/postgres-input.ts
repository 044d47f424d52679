import { duckdb } from '../adapters/duckdb/index.js';
import { postgres } from '../adapters/postgres/index.js';
import {
  BufferPool,
  buffersOf,
  type Column,
  type LoadPart,
  type OpenContext,
  type Query,
  Secret,
  type WarehouseAdapter,
} from '../src/contract/index.js';
import { FEATURES, makeData } from './data.js';

const CHUNK_ROWS = 65_536;
const INPUT = { schema: 'public', name: 'input' };
const CONTEXT: OpenContext = {
  projectDir: '/',
  write: true,
  lockWaitMs: 0,
  memoryBytes: 256 * 1024 ** 2,
  cores: 2,
};
const { signal } = new AbortController();

/** Copies the DuckDB input into `public.input` of the database, once, by our own adapters. */
export async function fillInput(url: string, rows: number): Promise<void> {
  await using to = await postgres.open({ url: new Secret(url) }, CONTEXT, signal);
  if ((await to.inspect(INPUT, signal)) !== null) return;
  await using from = await duckdb.open({ path: await makeData(rows) }, CONTEXT, signal);
  const run = (...sqls: readonly string[]) => {
    const statements = sqls.map((sql) => ({ name: 'input', sql }));
    return to.execute(statements, { atomic: false, signal });
  };
  const features = FEATURES.map((name) => `${name} real`);
  await run(`create table public.input (id bigint, ${features.join(', ')})`);
  const query = { sql: 'select * from main.input' };
  const columns = await from.describe(query, signal);
  await to.load(INPUT, readParts(from, query, columns), { signal });
  await run('alter table public.input add primary key (id)', 'vacuum (analyze) public.input');
}

async function* readParts(
  from: WarehouseAdapter,
  query: Query,
  columns: readonly Column[],
): AsyncGenerator<LoadPart> {
  const buffers = new BufferPool();
  const options = { key: columns.slice(0, 1), chunkRows: CHUNK_ROWS, order: 'any', buffers, signal } as const;
  let loadKey = 0n;
  for await (const batch of from.read(query, columns, options)) {
    const vectors = batch.columns.map((vector) => ({ kind: 'vector', vector }) as const);
    yield { loadKey: loadKey++, rows: batch.rows, columns: vectors };
    buffers.give(batch.columns.flatMap(buffersOf));
  }
}
