import type { FieldDef } from 'pg';
import { type Column, type Query, ScoringError } from '../../src/contract/index.js';
import { askCatalog } from './catalog.js';
import { interruptible, placeOf } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';
import { type NativeType, toCanonical } from './types.js';

/** A column as the server describes it. */
export interface NativeColumn {
  readonly name: string;
  readonly oid: number;
  readonly typmod: number;
}

/**
 * The query's columns; an unknown type is refused by name. The query is planned and not run: a limit of no rows asks
 * none of its parts for one.
 */
export async function describeQuery(
  pool: PgPool,
  connection: PgConnection,
  query: Query,
  signal: AbortSignal,
): Promise<readonly Column[]> {
  const text = `select * from (${query.sql}\n) as source limit 0`;
  const config = { text, rowMode: 'array', queryMode: 'extended' } as const;
  const place = placeOf(pool, 'plan', 'describe');
  const { fields } = await interruptible(connection, signal, place, () => connection.query(config));
  const found = fields.map(({ name, dataTypeID, dataTypeModifier }: FieldDef) => ({
    name,
    oid: dataTypeID,
    typmod: dataTypeModifier,
  }));
  return toColumns(pool, connection, found, signal);
}

/** The columns whose types scorehouse takes. */
export async function toKnownColumns(
  pool: PgPool,
  connection: PgConnection,
  found: readonly NativeColumn[],
  signal: AbortSignal,
): Promise<readonly Column[]> {
  const types = await resolveTypes(pool, connection, found, signal);
  return found.flatMap(({ name }, i) => {
    const { native, ...type } = types[i] as ResolvedType;
    const match = toCanonical(type);
    return match === null ? [] : [{ name, native, ...match }];
  });
}

/** @throws SOURCE_INVALID for a type that scorehouse does not take */
async function toColumns(
  pool: PgPool,
  connection: PgConnection,
  found: readonly NativeColumn[],
  signal: AbortSignal,
): Promise<readonly Column[]> {
  const types = await resolveTypes(pool, connection, found, signal);
  return found.map(({ name }, i) => {
    const { native, ...type } = types[i] as ResolvedType;
    const match = toCanonical(type);
    if (match !== null) return { name, native, ...match };
    throw new ScoringError(`column "${name}" has type ${native}, which scorehouse does not take`, {
      code: 'SOURCE_INVALID',
      stage: 'plan',
      details: { column: name, type: native },
      hint: 'Leave the column out of the source query, or cast it there to a plain type.',
    });
  });
}

interface ResolvedType extends NativeType {
  /** The type's own name, a domain's too. */
  readonly native: string;
}

/** Follows domains to their base; a modifier of the domain applies where the column has none. */
const RESOLVE = `with recursive resolved as (
  select n, oid, typmod, format_type(oid, typmod) as native
  from unnest(?::oid[], ?::int[]) with ordinality as asked(oid, typmod, n)
  union all
  select n, t.typbasetype, t.typtypmod, native
  from resolved join pg_catalog.pg_type as t on t.oid = resolved.oid and t.typtype = 'd'
)
select resolved.oid, resolved.typmod, t.typtype::text, t.typname::text, native
from resolved join pg_catalog.pg_type as t on t.oid = resolved.oid and t.typtype <> 'd'
order by n`;

async function resolveTypes(
  pool: PgPool,
  connection: PgConnection,
  found: readonly NativeColumn[],
  signal: AbortSignal,
): Promise<readonly ResolvedType[]> {
  const bindings = [found.map(({ oid }) => oid), found.map(({ typmod }) => typmod)];
  return await askCatalog(
    pool,
    connection,
    { name: 'types', sql: RESOLVE, bindings },
    { stage: 'plan', signal },
  );
}
