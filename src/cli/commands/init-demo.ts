import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAdapter } from '../../../adapters/index.js';
import { type Relation, renderRelation, ScoringError, type WarehouseAdapter } from '../../contract/index.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import { countCores } from '../../score/cores.js';
import { newRenderer } from '../../sql/renderer.js';
import { loadContext, openSession } from '../context.js';
import { copyTable } from '../copy-table.js';
import type { CommandEnv } from '../options.js';

const DEMO_DIR = join(PACKAGE_ROOT, 'examples', 'churn');
const CUSTOMERS = { schema: 'main', name: 'customers' } as const;

/** Copies the example and loads its data into a DuckDB file, and from there into another warehouse if one is named. */
export async function fillDemo(dir: string, warehouse: string | null, env: CommandEnv): Promise<void> {
  for (const entry of await readdir(DEMO_DIR)) {
    await cp(join(DEMO_DIR, entry), join(dir, entry), { recursive: true, force: false, errorOnExist: false });
  }
  await using customers = await openCustomers(dir, env);
  if (warehouse !== null) await copyCustomers(customers, dir, warehouse, env);
}

async function openCustomers(dir: string, env: CommandEnv): Promise<WarehouseAdapter> {
  const file = join(dir, 'churn.duckdb');
  const made = !(await exists(file));
  const definition = await loadAdapter('duckdb');
  const context = {
    projectDir: dir,
    write: made,
    lockWaitMs: 0,
    memoryBytes: 256 * 1024 ** 2,
    cores: countCores(),
  };
  const adapter = await definition.open({ path: file } as never, context, env.signal);
  if (!made) {
    env.stdout.write('kept  churn.duckdb\n');
    return adapter;
  }
  const csv = join(dir, 'data', 'customers.csv.gz');
  const statement = newRenderer(adapter.dialect).render('demo/load_csv', { table: CUSTOMERS, file: csv });
  await adapter.execute([statement], { atomic: true, signal: env.signal });
  env.stdout.write('made  churn.duckdb: 7,043 customers of a telephone company (data/LICENSE.md)\n');
  return adapter;
}

/** Loads the demo's table into another warehouse by its bulk path, under the name that the target's query uses. */
async function copyCustomers(
  from: WarehouseAdapter,
  dir: string,
  warehouse: string,
  env: CommandEnv,
): Promise<void> {
  const { signal } = env;
  const args = { projectDir: dir, warehouse };
  const loaded = await loadContext(args, env);
  const { adapter, ledger } = await openSession(loaded, args, env, { write: true, lockWaitMs: 0 });
  await using _adapter = adapter;
  const { sql } = ledger;
  const table = {
    schema: await readCurrentSchema(adapter, sql.render('demo/schema', {}), signal),
    name: adapter.dialect.fold(CUSTOMERS.name),
  };
  if ((await adapter.inspect(table, signal)) !== null) {
    env.stdout.write(`kept  ${renderRelation(table)} of ${warehouse}\n`);
    return;
  }
  const rows = await copyTable(from, CUSTOMERS, adapter, table, signal);
  env.stdout.write(`made  ${renderRelation(table)} of ${warehouse}: ${rows.toLocaleString('en-US')} rows\n`);
}

async function readCurrentSchema(
  adapter: WarehouseAdapter,
  statement: Parameters<WarehouseAdapter['query']>[0],
  signal: AbortSignal,
): Promise<Relation['schema']> {
  const { rows } = await adapter.query(statement, { maxRows: 1, stage: 'connect', signal });
  const schema = rows[0]?.[0];
  if (typeof schema === 'string') return schema;
  throw new ScoringError('the connection has no current schema to make the demo table in', {
    code: 'ENVIRONMENT',
    stage: 'connect',
    hint: 'Set a search path, a default schema of the role, or the schema or data set of the warehouse.',
  });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
