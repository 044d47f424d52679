import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DuckdbAdapter } from '../../adapters/duckdb/adapter.js';
import type { Statement, WarehouseAdapter } from '../../src/contract/index.js';

/** A database of one schedule, which several processes write at once. */
export interface Warehouse extends AsyncDisposable {
  readonly kind: 'duckdb' | 'postgres';
  /** The adapter of a process of its own. The caller closes it by `release`. */
  open(): Promise<WarehouseAdapter>;
  release(adapter: WarehouseAdapter): Promise<void>;
  /** What anybody else may do, one statement after the other. */
  execute(...sqls: readonly string[]): Promise<void>;
  /** The rows of a query, every value as text. */
  query(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** A row of a relation as JSON text, for `from … as t`. */
  readonly json: string;
}

/** Memory of one warehouse. */
export const MEMORY_BYTES = 256 * 1024 ** 2;

/**
 * A DuckDB database in memory. In life its file's lock keeps every second process out, so that fencing is never put to
 * the test there: here each worker is connections of one instance, under the lease of the control row as on Postgres.
 */
export async function openDuckdb(): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MB' });
  const connection = await instance.connect();
  await connection.run("set global TimeZone = 'UTC'");
  return {
    kind: 'duckdb',
    json: 'cast(to_json(t) as varchar)',
    open: async () => withRowLease(new DuckdbAdapter(instance, 'memory', MEMORY_BYTES)),
    // Its connections are given back by the run's own end; closing would end the instance of the others.
    release: async () => undefined,
    async execute(...sqls) {
      for (const sql of sqls) await connection.run(sql);
    },
    query: (sql) => queryDuckdb(connection, sql),
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function queryDuckdb(connection: DuckDBConnection, sql: string) {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
}

/** The adapter as if processes shared the file: the control row decides, and is taken only when it is free. */
function withRowLease(adapter: WarehouseAdapter): WarehouseAdapter {
  const capabilities = { ...adapter.capabilities, lease: 'row' } as const;
  const rewritten = rewrite(adapter, (statement) =>
    statement.name === 'ledger/control_take'
      ? { ...statement, sql: `${statement.sql} where holder is null or expires_at < current_timestamp` }
      : statement,
  );
  return new Proxy(rewritten, {
    get: (target, property) =>
      property === 'capabilities' ? capabilities : bound(target, Reflect.get(target, property)),
  });
}

/** The adapter with its statements changed, those of a load among them. */
export function rewrite(
  adapter: WarehouseAdapter,
  change: (statement: Statement) => Statement,
): WarehouseAdapter {
  const execute: WarehouseAdapter['execute'] = (statements, options) =>
    adapter.execute(statements.map(change), options);
  const load: WarehouseAdapter['load'] = (relation, parts, options) =>
    adapter.load(relation, parts, { ...options, with: () => (options.with?.() ?? []).map(change) });
  return replaceCalls(adapter, { execute, load });
}

/** The adapter with some of its calls replaced. */
export function replaceCalls(adapter: WarehouseAdapter, calls: Partial<WarehouseAdapter>): WarehouseAdapter {
  return new Proxy(adapter, {
    get: (target, property) => Reflect.get(calls, property) ?? bound(target, Reflect.get(target, property)),
  });
}

function bound(target: object, value: unknown): unknown {
  return typeof value === 'function' ? value.bind(target) : value;
}
