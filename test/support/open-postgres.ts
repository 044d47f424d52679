import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { PostgresConfig } from '../../adapters/postgres/config.js';
import { postgres } from '../../adapters/postgres/index.js';
import { canRange, canTrace, type RangingAdapter, type TracingAdapter } from '../../src/contract/index.js';
import { execute, NEVER } from './duckdb.js';
import { postgresUrl } from './postgres.js';

/** The Postgres adapter with its optional powers. */
export type OpenPostgres = RangingAdapter & TracingAdapter;

/** Opens the adapter as a command would; what is given replaces the superuser's URL. */
export async function openPostgres(
  config: PostgresConfig = { url: postgresUrl() },
  write = true,
): Promise<OpenPostgres> {
  const context = { projectDir: '/', write, lockWaitMs: 0, memoryBytes: 0, cores: 2 };
  const adapter = await postgres.open(config, context, NEVER);
  if (!canRange(adapter) || !canTrace(adapter)) throw new Error('the Postgres adapter lost its powers');
  return adapter;
}

/** A schema of the test's own, gone at its end. */
export async function makeSchema(t: Pick<TestContext, 'after'>, adapter: OpenPostgres): Promise<string> {
  const schema = `t_${randomUUID().slice(0, 8)}`;
  await execute(adapter, `create schema ${schema}`);
  t.after(() => execute(adapter, `drop schema if exists ${schema} cascade`));
  return schema;
}
