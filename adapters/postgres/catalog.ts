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
    const { rows } = await pool.knex
      .raw(sql, [...bindings])
      .connection(connection)
      .catch((error: unknown) => {
        throw withoutStatement(error);
      });
    return rows;
  });
}

/** knex writes the statement before the message of its error. None of those that it runs for us has ` - ` in it. */
export function withoutStatement(error: unknown): unknown {
  if (error instanceof Error)
    error.message = error.message.replace(/^(?:BEGIN|COMMIT|select|with)\b.*? - /s, '');
  return error;
}
