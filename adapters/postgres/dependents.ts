import type { Relation } from '../../src/contract/index.js';
import { askCatalog } from './catalog.js';
import type { CallOptions } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';

/**
 * Views whose rule reads the relation or one of its partitions. A view depends on its own rule too: it does not count.
 */
const DEPENDENTS = `with recursive family as (
  select c.oid from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where n.nspname = ? and c.relname = ?
  union
  select i.inhrelid from family join pg_catalog.pg_inherits as i on i.inhparent = family.oid
)
select distinct n.nspname || '.' || v.relname as name
from family
join pg_catalog.pg_depend as d
  on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = family.oid
  and d.classid = 'pg_catalog.pg_rewrite'::regclass
join pg_catalog.pg_rewrite as r on r.oid = d.objid
join pg_catalog.pg_class as v on v.oid = r.ev_class and v.oid <> family.oid
join pg_catalog.pg_namespace as n on n.oid = v.relnamespace`;

/** `schema.name` of the views, plain and materialized, that read the relation; sorted by their bytes. */
export async function findDependents(
  pool: PgPool,
  connection: PgConnection,
  { schema, name }: Relation,
  call: CallOptions,
): Promise<readonly string[]> {
  const question = { name: 'dependents', sql: DEPENDENTS, bindings: [schema, name] };
  const rows = await askCatalog<{ readonly name: string }>(pool, connection, question, call);
  return rows.map((row) => row.name).sort();
}
