import { copyTable } from '../../src/cli/copy-table.js';
import { NEVER, openDuckdb } from './duckdb.js';
import { openPostgres } from './open-postgres.js';

/** Loads tables of a DuckDB file into the first schema of a Postgres database, by the adapters' own paths. */
export async function copyTables(file: string, url: string, names: readonly string[]): Promise<void> {
  await using from = await openDuckdb(file);
  await using to = await openPostgres({ url });
  for (const name of names) {
    await copyTable(from, { schema: 'main', name }, to, { schema: 'public', name }, NEVER);
  }
}
