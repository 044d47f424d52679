import { randomBytes } from 'node:crypto';
import { snowflakeConfigSchema, type WrittenSnowflakeConfig } from '../../adapters/snowflake/config.js';
import { snowflake } from '../../adapters/snowflake/index.js';
import { canRange, type RangingAdapter } from '../../src/contract/index.js';
import { NEVER } from './duckdb.js';
import { findSnowflake } from './standins/snowflake.js';

/** Port of the test command's stand-in. */
export async function snowflakePort(): Promise<number> {
  const found = await findSnowflake();
  if ('missing' in found) throw new Error(found.missing);
  return found.ports[0] as number;
}

/** A database that nobody else uses: signing in makes it. */
export function newDatabase(): string {
  return `DB_${randomBytes(6).toString('hex').toUpperCase()}`;
}

/** How the stand-in on the port is written in scorehouse.yml. */
export function standinConfig(port: number, database = newDatabase()): WrittenSnowflakeConfig {
  return {
    account: 'standin',
    user: 'tester',
    password: 'none is checked',
    database,
    host: '127.0.0.1',
    port,
    protocol: 'http',
  };
}

/** Opens the adapter as a command would. */
export async function openSnowflake(
  config: WrittenSnowflakeConfig,
  outcomeWaitMs?: number,
): Promise<RangingAdapter> {
  const context = { projectDir: '/', write: true, lockWaitMs: 0, memoryBytes: 0, cores: 2 };
  const patience = outcomeWaitMs === undefined ? {} : { outcomeWaitMs };
  const adapter = await snowflake.open(
    snowflakeConfigSchema.parse(config),
    { ...context, ...patience },
    NEVER,
  );
  if (!canRange(adapter)) throw new Error('the Snowflake adapter lost its powers');
  return adapter;
}
