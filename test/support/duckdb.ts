import { setMaxListeners } from 'node:events';
import { duckdb } from '../../adapters/duckdb/index.js';
import { canRange, type RangingAdapter, type SmallValue } from '../../src/contract/index.js';

const MAX_ROWS = 100_000;
const MEMORY_BYTES = 512 * 1024 ** 2;

/** A signal that never fires. */
export const NEVER: AbortSignal = new AbortController().signal;
// Tests ask much at once under it.
setMaxListeners(0, NEVER);

/** Opens the DuckDB adapter on a file as a command would. */
export async function openDuckdb(file: string): Promise<RangingAdapter> {
  const context = {
    projectDir: '/',
    // Tests read fixtures wherever they are.
    files: ['/*'],
    write: true,
    lockWaitMs: 0,
    memoryBytes: MEMORY_BYTES,
    cores: 2,
  };
  const adapter = await duckdb.open({ path: file }, context, NEVER);
  if (!canRange(adapter)) throw new Error('the DuckDB adapter cannot cut ranges');
  return adapter;
}

/** Runs statements one after the other. */
export async function execute(
  adapter: Pick<RangingAdapter, 'execute'>,
  ...sqls: readonly string[]
): Promise<void> {
  const statements = sqls.map((sql) => ({ name: 'test', sql }));
  await adapter.execute(statements, { atomic: false, signal: NEVER });
}

/** The rows of a small result. */
export async function queryAll(
  adapter: Pick<RangingAdapter, 'query'>,
  sql: string,
): Promise<readonly (readonly SmallValue[])[]> {
  const { rows } = await adapter.query({ name: 'test', sql }, { maxRows: MAX_ROWS, signal: NEVER });
  return rows;
}

/** Opens the file, does the work and closes it, so that a command can have its lock. */
export async function withDuckdb<T>(file: string, work: (adapter: RangingAdapter) => Promise<T>): Promise<T> {
  await using adapter = await openDuckdb(file);
  return await work(adapter);
}

/** Runs statements on a file that nobody has open. */
export async function executeOn(file: string, ...sqls: readonly string[]): Promise<void> {
  await withDuckdb(file, (adapter) => execute(adapter, ...sqls));
}

/** The rows of a query on a file that nobody has open. */
export async function queryOn(file: string, sql: string): Promise<readonly (readonly SmallValue[])[]> {
  return withDuckdb(file, (adapter) => queryAll(adapter, sql));
}

/** The one value of a query on a file that nobody has open. */
export async function valueOn(file: string, sql: string): Promise<SmallValue> {
  const [row] = await queryOn(file, sql);
  return row?.[0] ?? null;
}
