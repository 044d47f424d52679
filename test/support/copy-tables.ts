import type { LoadPart, WarehouseAdapter } from '../../src/contract/index.js';
import { BufferPool, type Column, type Relation } from '../../src/contract/index.js';
import { newRenderer } from '../../src/sql/renderer.js';
import { NEVER, openDuckdb } from './duckdb.js';
import { openPostgres } from './open-postgres.js';

const CHUNK_ROWS = 65_536;

/** Loads tables of a DuckDB file into the first schema of a Postgres database, by the adapters' own paths. */
export async function copyTables(file: string, url: string, names: readonly string[]): Promise<void> {
  await using from = await openDuckdb(file);
  await using to = await openPostgres({ url });
  for (const name of names) await copyTable(from, { schema: 'main', name }, to, { schema: 'public', name });
}

async function copyTable(
  from: WarehouseAdapter,
  source: Relation,
  to: WarehouseAdapter,
  table: Relation,
): Promise<void> {
  const { sql } = newRenderer(from.dialect).render('source/table', { table: source });
  const columns = await from.describe({ sql }, NEVER);
  const create = newRenderer(to.dialect).render('stage/create_table', { table, columns });
  await to.execute([create], { atomic: true, signal: NEVER });
  await to.load(table, readParts(from, sql, columns), { signal: NEVER });
}

async function* readParts(
  from: WarehouseAdapter,
  sql: string,
  columns: readonly Column[],
): AsyncGenerator<LoadPart> {
  const key = columns.slice(0, 1);
  const options = {
    key,
    chunkRows: CHUNK_ROWS,
    order: 'any',
    buffers: new BufferPool(),
    signal: NEVER,
  } as const;
  let loadKey = 0n;
  for await (const { rows, columns: vectors } of from.read({ sql }, columns, options)) {
    yield { loadKey: loadKey++, rows, columns: vectors.map((vector) => ({ kind: 'vector', vector })) };
  }
}
