import { type CallOptions, interruptible, placeOf } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';

/** A statement of our own over the catalog, with `?` where its values are bound. */
export interface CatalogQuestion {
  readonly name: string;
  readonly sql: string;
  readonly bindings: readonly (string | number | number[])[];
}

/** Asks the catalog on a connection; rows are objects, of which there are few. */
export async function askCatalog<Row>(
  pool: PgPool,
  connection: PgConnection,
  { name, sql, bindings }: CatalogQuestion,
  { stage, signal }: CallOptions,
): Promise<readonly Row[]> {
  return await interruptible(connection, signal, placeOf(pool, stage, name), async () => {
    const { rows } = await pool.knex.raw(sql, [...bindings]).connection(connection);
    return rows;
  });
}
