import type { ZodType } from 'zod';
import { type AdapterDefinition, ScoringError } from '../src/contract/index.js';
import { bigqueryConfigSchema } from './bigquery/config.js';
import { duckdbConfigSchema } from './duckdb/config.js';
import { PLANNED_SCHEMAS } from './planned.js';
import { postgresConfigSchema } from './postgres/config.js';
import { snowflakeConfigSchema } from './snowflake/config.js';

/** Kinds that are built. Each loads its driver only when it is opened. */
const KINDS = {
  bigquery: async () => (await import('./bigquery/index.js')).bigquery,
  duckdb: async () => (await import('./duckdb/index.js')).duckdb,
  postgres: async () => (await import('./postgres/index.js')).postgres,
  snowflake: async () => (await import('./snowflake/index.js')).snowflake,
} as const;

/** Names of the kinds that are built. */
export const BUILT_KINDS: readonly string[] = Object.keys(KINDS);

/** Shapes of every kind's own keys in scorehouse.yml. */
export const WAREHOUSE_SCHEMAS: Readonly<Record<string, ZodType>> = {
  bigquery: bigqueryConfigSchema,
  duckdb: duckdbConfigSchema,
  postgres: postgresConfigSchema,
  snowflake: snowflakeConfigSchema,
  ...PLANNED_SCHEMAS,
};

/** @throws NOT_BUILT for a kind that has no adapter yet */
export async function loadAdapter(kind: string): Promise<AdapterDefinition<never>> {
  if (Object.hasOwn(KINDS, kind))
    return (await KINDS[kind as keyof typeof KINDS]()) as AdapterDefinition<never>;
  throw new ScoringError(`warehouses of type ${kind} are not built yet`, {
    code: 'NOT_BUILT',
    stage: 'connect',
    hint: `Built are: ${BUILT_KINDS.join(', ')}. Pick another warehouse with --warehouse.`,
  });
}
