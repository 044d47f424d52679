import type { Relation, RelationInfo } from '../../src/contract/index.js';
import { duckdbDialect } from './dialect.js';
import { type HeldConnection, interruptible } from './held-connection.js';
import { describeKnown } from './read.js';

/** Finds a table or view by its exact or case-insensitive name, as DuckDB itself does. */
export async function inspectRelation(
  held: HeldConnection,
  relation: Relation,
  signal: AbortSignal,
): Promise<RelationInfo | null> {
  const where = `lower(schema_name) = lower(${text(relation.schema)}) and database_name = ${
    relation.database === undefined ? 'current_database()' : text(relation.database)
  }`;
  const sql = `select 'table' as kind, comment, estimated_size from duckdb_tables()
where lower(table_name) = lower(${text(relation.name)}) and ${where}
union all
select 'view', comment, null from duckdb_views() where lower(view_name) = lower(${text(relation.name)}) and ${where}`;
  const { connection } = held;
  return interruptible(held, signal, 'plan', 'inspect', async () => {
    const row = (await connection.runAndReadAll(sql)).getRows()[0];
    if (row === undefined) return null;
    const [kind, comment, size] = row;
    const query = { sql: `select * from ${duckdbDialect.relation(relation)}` };
    return {
      kind: kind === 'view' ? 'view' : 'table',
      // A view whose table is gone does not bind; it is still there, and can be replaced.
      columns: await describeKnown(connection, query).catch(() => []),
      stamp: comment === null || comment === undefined ? null : String(comment),
      ...(size === null || size === undefined ? {} : { rows: Number(size) }),
    };
  });
}

function text(value: string): string {
  return duckdbDialect.literal({ type: { kind: 'text' }, text: value });
}
