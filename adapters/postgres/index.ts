import { defineAdapter } from '../../src/contract/index.js';
import { PostgresAdapter } from './adapter.js';
import { type PostgresConfig, postgresConfigSchema } from './config.js';
import { newPostgresDialect } from './dialect.js';
import { openPool } from './pool.js';
import { resolveSettings } from './settings.js';
import { tlsAttempts } from './tls.js';

/** Postgres, from version 14. */
export const postgres = defineAdapter<PostgresConfig>({
  kind: 'postgres',
  configSchema: postgresConfigSchema,
  identify(config) {
    const { user, database } = resolveSettings(config);
    return { dialect: newPostgresDialect(database), user, database };
  },
  async open(config, { projectDir, write, outcomeWaitMs }, signal) {
    const settings = resolveSettings(config);
    const attempts = await tlsAttempts(settings, projectDir);
    const pool = await openPool(settings, attempts, { write }, signal, outcomeWaitMs);
    try {
      return new PostgresAdapter(pool);
    } catch (error) {
      await pool.knex.destroy();
      throw error;
    }
  },
});
