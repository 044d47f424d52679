import type { Relation, RelationInfo } from '../../src/contract/index.js';
import { ScoringError } from '../../src/contract/index.js';
import { askCatalog } from './catalog.js';
import type { CallOptions } from './connection.js';
import { type NativeColumn, toKnownColumns } from './describe.js';
import { newPostgresDialect } from './dialect.js';
import type { PgConnection, PgPool } from './pool.js';

/** Tables, partitioned ones and the like by `pg_class.relkind`; `v` is a view, a materialized one holds rows. */
const FIND = `select c.oid::int8 as oid, c.relkind = 'v' as view, c.reltuples::float8 as tuples,
  pg_catalog.obj_description(c.oid, 'pg_class') as comment,
  pg_catalog.has_schema_privilege(n.oid, 'usage') as enter,
  pg_catalog.has_table_privilege(c.oid, 'select') or pg_catalog.has_any_column_privilege(c.oid, 'select') as read
from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

const COLUMNS = `select attname as name, atttypid::int8::int as oid, atttypmod as typmod
from pg_catalog.pg_attribute where attrelid = ?::oid and attnum > 0 and not attisdropped order by attnum`;

interface Found {
  readonly oid: string;
  readonly view: boolean;
  readonly tuples: number;
  readonly comment: string | null;
  readonly enter: boolean;
  readonly read: boolean;
}

/**
 * Finds a table or view by its exact name.
 *
 * @throws PERMISSION where it is there and may not be read
 */
export async function inspectRelation(
  pool: PgPool,
  connection: PgConnection,
  relation: Relation,
  call: CallOptions,
): Promise<RelationInfo | null> {
  const ask = <Row>(sql: string, bindings: readonly string[]) =>
    askCatalog<Row>(pool, connection, { name: 'inspect', sql, bindings }, call);
  const [found] = await ask<Found>(FIND, [relation.schema, relation.name]);
  if (found === undefined) return null;
  assertReadable(pool, relation, found);
  const native = await ask<NativeColumn>(COLUMNS, [found.oid]);
  return {
    kind: found.view ? 'view' : 'table',
    columns: await toKnownColumns(pool, connection, native, call.signal),
    stamp: found.comment,
    // -1 until the server has counted them once.
    ...(found.view || found.tuples < 0 ? {} : { rows: found.tuples }),
  };
}

function assertReadable(pool: PgPool, relation: Relation, { enter, read }: Found): void {
  if (enter && read) return;
  const { ident, relation: render } = newPostgresDialect(pool.facts.database);
  const user = ident(pool.settings.user);
  const [what, grant] = enter
    ? [`${relation.schema}.${relation.name}`, `GRANT SELECT ON TABLE ${render(relation)} TO ${user};`]
    : [`schema ${relation.schema}`, `GRANT USAGE ON SCHEMA ${ident(relation.schema)} TO ${user};`];
  throw new ScoringError(`inspect: permission denied for ${what}`, {
    code: 'PERMISSION',
    stage: 'plan',
    details: { schema: relation.schema, name: relation.name },
    hint: grant,
  });
}
