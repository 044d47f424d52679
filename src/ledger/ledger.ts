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

/** A relation of the ledger's schema by the name that it has in all warehouses, in lower case. */
export function ledgerRelation({ schema, sql }: Ledger, name: string): Relation {
  return { ...schema, name: sql.dialect.fold(name) };
}

/** The name that `ledgerRelation` was given, of one that the catalog has; others stay as they are. */
export function nameInLedger({ sql }: Pick<Ledger, 'sql'>, found: string): string {
  const name = found.toLowerCase();
  return sql.dialect.fold(name) === found ? name : found;
}

/** A row of a small result by column name: what the program names itself is in lower case in every warehouse. */
export type Row = Readonly<Record<string, SmallValue>>;

/** Reads at most `maxRows` rows of a small query. */
export async function queryRows(
  ledger: Ledger,
  statement: Statement,
  maxRows: number,
  signal: AbortSignal,
  snapshot: Snapshot | null = null,
): Promise<readonly Row[]> {
  const options = { maxRows, signal, ...(snapshot === null ? {} : { snapshot }) };
  const { columns, rows } = await ledger.adapter.query(statement, options);
  const names = columns.map((name) => nameInLedger(ledger, name));
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
}

/**
 * Executes statements all or none where the warehouse can hold DDL in a transaction. Elsewhere those about objects are
 * executed one by one, and what stands between two of them all or none: the order is for the callers to choose.
 */
export async function executeTogether(
  { adapter }: Ledger,
  statements: readonly Statement[],
  signal: AbortSignal,
  options: Pick<ExecuteOptions, 'lockWaitMs'> = {},
): Promise<void> {
  for (const group of holdsDdl(adapter) ? [statements] : groupStatements(statements)) {
    const atomic = holdsDdl(adapter) || group[0]?.ddl !== true;
    await adapter.execute(group, { ...options, atomic, signal });
  }
}

/** True where a transaction may hold statements about objects. */
export function holdsDdl({ capabilities }: Pick<WarehouseAdapter, 'capabilities'>): boolean {
  return capabilities.atomicScope === 'ddl+dml';
}

/** Neighbours that a transaction may hold together; a statement about an object is alone. */
function groupStatements(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const groups: Statement[][] = [];
  for (const statement of statements) {
    const last = groups.at(-1);
    const joins = statement.ddl !== true && last !== undefined && last[0]?.ddl !== true;
    if (joins) last.push(statement);
    else groups.push([statement]);
  }
  return groups;
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

/** Names of the tables in the ledger's schema, as `ledgerRelation` takes them. */
export async function readTables(ledger: Ledger, signal: AbortSignal): Promise<readonly string[]> {
  const names = await readTablesOf(ledger, ledger.schema, signal);
  return names.map((name) => nameInLedger(ledger, name));
}

/** Names of the tables and views in a schema, as the catalog has them. */
export async function readTablesOf(
  ledger: Ledger,
  schema: Ledger['schema'],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const rows = await queryRows(
    ledger,
    renderLedger(ledger, 'tables_list', { ...schema }),
    MAX_TABLES,
    signal,
  );
  return rows.map((row) => String(row.table_name));
}
