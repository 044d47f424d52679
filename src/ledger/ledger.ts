import type {
  ExecuteOptions,
  Relation,
  SmallValue,
  Snapshot,
  Statement,
  WarehouseAdapter,
} from '../contract/index.js';
import type { SqlRenderer, TemplateContext } from '../sql/renderer.js';

/** Where a ledger is and how to reach it; what every function of this folder takes first. */
export interface Ledger {
  readonly adapter: WarehouseAdapter;
  readonly sql: SqlRenderer;
  readonly schema: { readonly database?: string; readonly schema: string };
}

/** A relation of the ledger's schema. */
export function ledgerRelation(ledger: Ledger, name: string): Relation {
  return { ...ledger.schema, name };
}

/** A row of a small result by column name. */
export type Row = Readonly<Record<string, SmallValue>>;

/** Reads at most `maxRows` rows of a small query. */
export async function queryRows(
  ledger: Ledger,
  statement: Statement,
  maxRows: number,
  signal: AbortSignal,
  snapshot?: Snapshot,
): Promise<readonly Row[]> {
  const options = { maxRows, signal, ...(snapshot === undefined ? {} : { snapshot }) };
  const { columns, rows } = await ledger.adapter.query(statement, options);
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
}

/** Executes statements all or none where the warehouse can hold DDL in a transaction, else one after the other. */
export async function executeTogether(
  { adapter }: Ledger,
  statements: readonly Statement[],
  signal: AbortSignal,
  options: Pick<ExecuteOptions, 'lockWaitMs'> = {},
): Promise<void> {
  const atomic = adapter.capabilities.atomicScope === 'ddl+dml';
  await adapter.execute(statements, { ...options, atomic, signal });
}

/** Renders a template of `sql/<kind>/ledger`. */
export function renderLedger(
  ledger: Ledger,
  name: string,
  context: TemplateContext,
  expect?: Statement['expect'],
): Statement {
  return ledger.sql.render(`ledger/${name}`, context, expect);
}

/** More tables than a ledger's schema has. */
const MAX_TABLES = 100_000;

/** Names of the tables in the ledger's schema. */
export function readTables(ledger: Ledger, signal: AbortSignal): Promise<readonly string[]> {
  return readTablesOf(ledger, ledger.schema.schema, signal);
}

/** Names of the tables and views in a schema. */
export async function readTablesOf(
  ledger: Ledger,
  schema: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const rows = await queryRows(ledger, renderLedger(ledger, 'tables_list', { schema }), MAX_TABLES, signal);
  return rows.map((row) => String(row.table_name));
}
