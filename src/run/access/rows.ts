import type { Relation, SmallValue } from '../../contract/index.js';
import { type Ledger, queryRows, type Row } from '../../ledger/ledger.js';

/** More rows than roles, schemas and tables of a project make together. */
const MAX_ROWS = 100_000;

/** What the connection is. */
export interface SessionFacts {
  readonly user: string;
  readonly version: string;
  /** A standby, which takes no writes. */
  readonly replica: boolean;
  /** The role's own sessions only read. */
  readonly readsOnly: boolean;
  readonly isSuper: boolean;
  readonly makesSchemas: boolean;
}

export async function readSessionFacts(ledger: Ledger, signal: AbortSignal): Promise<SessionFacts> {
  const [row = {}] = await queryRows(ledger, ledger.sql.render('audit/session', {}), 1, signal);
  return {
    user: String(row.user),
    version: String(row.version),
    replica: row.replica === true,
    readsOnly: row.reads_only === true,
    isSuper: row.super === true,
    makesSchemas: row.makes_schemas === true,
  };
}

/** The roles that exist of those named, each with whether the user has its rights. */
export async function readGroups(
  ledger: Ledger,
  user: string,
  groups: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean>> {
  const context = { user, groups: toNames(groups) };
  const rows = await queryRows(ledger, ledger.sql.render('audit/groups', context), MAX_ROWS, signal);
  return new Map(rows.map(({ name, member }) => [String(name), member === true]));
}

/** What a role may do in a schema. */
export interface SchemaRow {
  readonly schema: string;
  readonly role: string;
  readonly there: boolean;
  readonly usage: boolean;
  readonly create: boolean;
}

/** A row for each of the schemas and roles. */
export async function readSchemaRows(
  ledger: Ledger,
  schemas: readonly string[],
  roles: readonly string[],
  signal: AbortSignal,
): Promise<readonly SchemaRow[]> {
  if (schemas.length === 0) return [];
  const context = { schemas: toNames(schemas), roles: toNames(roles) };
  const rows = await queryRows(ledger, ledger.sql.render('audit/schemas', context), MAX_ROWS, signal);
  return rows.map((row) => ({
    schema: String(row.schema),
    role: String(row.role),
    there: row.there === true,
    usage: row.usage === true,
    create: row.create === true,
  }));
}

/** What a role may do with a table or view. */
export interface RelationRow {
  readonly schema: string;
  readonly name: string;
  readonly role: string;
  readonly view: boolean;
  readonly owner: string;
  readonly owns: boolean;
  readonly reads: boolean;
  readonly inserts: boolean;
  readonly updates: boolean;
}

/** A row for each of the roles and of those relations that are there. */
export async function readRelationRows(
  ledger: Ledger,
  relations: readonly Relation[],
  roles: readonly string[],
  signal: AbortSignal,
): Promise<readonly RelationRow[]> {
  if (relations.length === 0) return [];
  const context = {
    relations: relations.map(({ schema, name }) => ({ schema, name })),
    roles: toNames(roles),
  };
  const rows = await queryRows(ledger, ledger.sql.render('audit/relations', context), MAX_ROWS, signal);
  const is = (value: SmallValue | undefined) => value === true;
  return rows.map((row: Row) => ({
    schema: String(row.schema),
    name: String(row.name),
    role: String(row.role),
    view: is(row.view),
    owner: String(row.owner),
    owns: is(row.owns),
    reads: is(row.reads),
    inserts: is(row.inserts),
    updates: is(row.updates),
  }));
}

/** Names of a partitioned table's partitions; none where it is not there. */
export async function readPartitionNames(
  ledger: Ledger,
  { schema, name }: Relation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const statement = ledger.sql.render('audit/partitions', { schema, name });
  return (await queryRows(ledger, statement, MAX_ROWS, signal)).map((row) => String(row.name));
}

function toNames(names: readonly string[]): readonly { readonly name: string }[] {
  return names.map((name) => ({ name }));
}
