import type { Stage } from '../../src/contract/index.js';
import { sqlStateOf } from './errors.js';
import { parseDenied } from './grant-hint.js';
import type { PgPool } from './pool.js';

/** Schemas that have a relation of that name which the role may not use so; a second one makes the answer unsure. */
const FIND = `select n.nspname as schema
from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relname = ? and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not case ?
  when 'own' then pg_catalog.pg_has_role(c.relowner, 'usage')
  when 'read' then pg_catalog.has_table_privilege(c.oid, 'select')
  else pg_catalog.has_table_privilege(c.oid, 'select') and pg_catalog.has_table_privilege(c.oid, 'insert')
    and pg_catalog.has_table_privilege(c.oid, 'update') and pg_catalog.has_table_privilege(c.oid, 'delete')
end
limit 2`;

/**
 * The schema of the relation that a server's error says is out of reach: its message has only the name. Null where the
 * error is another, or the catalog has not just one such relation. Never fails.
 */
export async function findDeniedSchema(
  { knex }: PgPool,
  error: unknown,
  stage: Stage,
): Promise<string | null> {
  const denied =
    sqlStateOf(error) === '42501' && error instanceof Error ? parseDenied(error.message, stage) : null;
  if (denied === null) return null;
  try {
    const { rows } = await knex.raw(FIND, [denied.name, denied.need]);
    return rows.length === 1 ? rows[0].schema : null;
  } catch {
    return null;
  }
}
