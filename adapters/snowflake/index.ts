import { defineAdapter } from '../../src/contract/index.js';
import { SnowflakeAdapter } from './adapter.js';
import { type SnowflakeConfig, snowflakeConfigSchema } from './config.js';
import { toDriverOptions } from './connect.js';
import { snowflakeDialect } from './dialect.js';
import { loadDriver } from './driver.js';
import { OUTCOME_WAIT_MS } from './outcome.js';
import { SessionPool } from './pool.js';
import { resolveSettings } from './settings.js';

/** Snowflake. */
export const snowflake = defineAdapter<SnowflakeConfig>({
  kind: 'snowflake',
  configSchema: snowflakeConfigSchema,
  identify(config) {
    const { user, database } = resolveSettings(config);
    return { dialect: snowflakeDialect, user, database };
  },
  async open(config, { projectDir, outcomeWaitMs = OUTCOME_WAIT_MS }, signal) {
    const settings = resolveSettings(config);
    const options = await toDriverOptions(settings, projectDir);
    const pool = new SessionPool(await loadDriver(), settings, options, outcomeWaitMs);
    try {
      // Whoever may not connect is told now.
      using _ = await pool.hold({ stage: 'connect', signal });
      return new SnowflakeAdapter(pool);
    } catch (error) {
      await pool.close();
      throw error;
    }
  },
});
