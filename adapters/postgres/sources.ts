import type { Query, Relation } from '../../src/contract/index.js';
import { askCatalog } from './catalog.js';
import { type CallOptions, interruptible, placeOf } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';

const NAME = 'scorehouse_sources';

/**
 * Relations that this transaction has locked, without the server's own, and without those that it came to only through a
 * view: there the view's owner needs the right. A `security_invoker` view asks whoever reads it.
 */
const LOCKED = `with locked as (
  select c.oid, c.relname, c.relnamespace, c.relkind, exists (
    select from pg_catalog.pg_options_to_table(c.reloptions)
    where option_name = 'security_invoker' and option_value::bool
  ) as invoker
  from pg_catalog.pg_locks as l join pg_catalog.pg_class as c on c.oid = l.relation
  where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and c.oid >= 16384
    and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
)
select n.nspname as schema, c.relname as name
from locked as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where not exists (
  select from locked as v
  join pg_catalog.pg_rewrite as r on r.ev_class = v.oid
  join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid
  where v.relkind = 'v' and not v.invoker and v.oid <> c.oid
)
order by n.nspname collate "C", c.relname collate "C"`;

/**
 * The relations that a query reads. Preparing it locks them and asks for no right on them, only to use their schemas;
 * running it, or EXPLAIN, would fail on the first that may not be read. Nothing is written.
 */
export async function findSources(
  pool: PgPool,
  connection: PgConnection,
  { sql }: Query,
  call: CallOptions,
): Promise<readonly Relation[]> {
  const place = placeOf(pool, call.stage, 'sources');
  // One statement, whatever the text holds: the protocol takes no second.
  const text = `prepare ${NAME} as select * from (${sql}\n) as source`;
  const prepare = { text, queryMode: 'extended' } as const;
  await interruptible(connection, call.signal, place, () => connection.query(prepare));
  try {
    return await askCatalog(pool, connection, { name: 'sources', sql: LOCKED, bindings: [] }, call);
  } finally {
    // It outlives the transaction. Where that has failed, so has this, and the connection is not used again.
    await connection.query(`deallocate ${NAME}`).catch(() => undefined);
  }
}
