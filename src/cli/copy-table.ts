import {
  BufferPool,
  type Column,
  type LoadPart,
  type Query,
  type Relation,
  type WarehouseAdapter,
} from '../contract/index.js';
import { newRenderer } from '../sql/renderer.js';

const CHUNK_ROWS = 65_536;

/**
 * Makes the table in another warehouse, its columns in that one's case, and loads it there by the bulk path of both;
 * returns its rows.
 */
export async function copyTable(
  from: WarehouseAdapter,
  source: Relation,
  to: WarehouseAdapter,
  table: Relation,
  signal: AbortSignal,
): Promise<number> {
  const query = newRenderer(from.dialect).render('source/table', { table: source });
  const columns = await from.describe(query, signal);
  const folded = columns.map((column) => ({ ...column, name: to.dialect.fold(column.name) }));
  const create = newRenderer(to.dialect).render('stage/create_table', { table, columns: folded });
  await to.execute([create], { atomic: false, signal });
  return to.load(table, readParts(from, query, columns, signal), { signal });
}

async function* readParts(
  from: WarehouseAdapter,
  query: Query,
  columns: readonly Column[],
  signal: AbortSignal,
): AsyncGenerator<LoadPart> {
  const buffers = new BufferPool();
  const options = { key: columns.slice(0, 1), chunkRows: CHUNK_ROWS, order: 'any', buffers, signal } as const;
  let loadKey = 0n;
  for await (const { rows, columns: vectors } of from.read(query, columns, options)) {
    yield { loadKey: loadKey++, rows, columns: vectors.map((vector) => ({ kind: 'vector', vector })) };
  }
}
