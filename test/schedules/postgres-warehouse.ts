import { postgres } from '../../adapters/postgres/index.js';
import { toSecret } from '../../src/contract/index.js';
import { NEVER } from '../support/duckdb.js';
import { newDatabase, openPlainClient } from '../support/postgres.js';
import { MEMORY_BYTES, type Warehouse } from './warehouse.js';

/** A Postgres database of the test command's server. */
export async function openPostgres(): Promise<Warehouse> {
  const database = await newDatabase();
  const client = await openPlainClient(database.url);
  const context = { projectDir: '/', write: true, lockWaitMs: 0, memoryBytes: MEMORY_BYTES, cores: 1 };
  return {
    kind: 'postgres',
    json: 'row_to_json(t)::text',
    open: () => postgres.open({ url: toSecret(database.url) }, context, NEVER),
    release: (adapter) => adapter.close(),
    async execute(...sqls) {
      for (const sql of sqls) await client.query(sql);
    },
    query: async (sql) => (await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows,
    async [Symbol.asyncDispose]() {
      await client.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
