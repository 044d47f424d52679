import { defineAdapter } from '../../src/contract/index.js';
import { BigqueryAdapter } from './adapter.js';
import { openClient } from './client.js';
import { type BigqueryConfig, bigqueryConfigSchema } from './config.js';
import { bigqueryDialect } from './dialect.js';

/** BigQuery by its REST interface, and by Storage Read for bulk. */
export const bigquery = defineAdapter<BigqueryConfig>({
  kind: 'bigquery',
  configSchema: bigqueryConfigSchema,
  identify: ({ project, impersonate }) => ({
    dialect: bigqueryDialect,
    user: impersonate ?? null,
    database: project,
  }),
  async open(config, { projectDir, outcomeWaitMs }, signal) {
    const client = await openClient(config, { projectDir, outcomeWaitMs });
    try {
      signal.throwIfAborted();
      return new BigqueryAdapter(client);
    } catch (error) {
      await client.close();
      throw error;
    }
  },
});
