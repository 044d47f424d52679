import { postgresConfigSchema, type WrittenPostgresConfig } from '../../adapters/postgres/config.js';
import { postgres } from '../../adapters/postgres/index.js';
import { canRange, canTrace, type RangingAdapter, type TracingAdapter } from '../../src/contract/index.js';
import { NEVER } from './duckdb.js';
import { postgresUrl } from './postgres.js';

/** The Postgres adapter with its optional powers. */
export type OpenPostgres = RangingAdapter & TracingAdapter;

/** Opens the adapter as a command would; what is given replaces the superuser's URL. */
export async function openPostgres(
  config: WrittenPostgresConfig = { url: postgresUrl() },
  write = true,
  outcomeWaitMs?: number,
): Promise<OpenPostgres> {
  const context = { projectDir: '/', write, lockWaitMs: 0, memoryBytes: 0, cores: 2 };
  const patience = outcomeWaitMs === undefined ? {} : { outcomeWaitMs };
  const adapter = await postgres.open(postgresConfigSchema.parse(config), { ...context, ...patience }, NEVER);
  if (!canRange(adapter) || !canTrace(adapter)) throw new Error('the Postgres adapter lost its powers');
  return adapter;
}
