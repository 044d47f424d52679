import {
  isScoringError,
  type Relation,
  type RelationInfo,
  type ScoringError,
} from '../../src/contract/index.js';
import { describeColumns, toKnownColumns } from './describe.js';
import { snowflakeDialect } from './dialect.js';
import type { CallOptions, SessionPool } from './pool.js';
import type { Session } from './session.js';
import { querySmall } from './small-result.js';

const { ident, literal, relation: renderRelation } = snowflakeDialect;

/**
 * Finds a table or view by its exact name. What the role may not see is not there: Snowflake makes no difference.
 *
 * @throws PERMISSION where it is seen and may not be read
 */
export async function inspectRelation(
  pool: SessionPool,
  session: Session,
  relation: Relation,
  call: CallOptions,
): Promise<RelationInfo | null> {
  const found = await find(pool, session, relation, call);
  if (found === null) return null;
  const [type, comment, rows] = found;
  const kind = /VIEW/.test(String(type)) ? 'view' : 'table';
  const count = Number(rows ?? Number.NaN);
  return {
    kind,
    columns: await findColumns(pool, session, relation, call, kind),
    stamp: comment === null || comment === '' ? null : String(comment),
    ...(kind === 'table' && Number.isSafeInteger(count) && count >= 0 ? { rows: count } : {}),
  };
}

type Found = readonly unknown[];

async function find(
  pool: SessionPool,
  session: Session,
  { database = pool.settings.database, schema, name }: Relation,
  call: CallOptions,
): Promise<Found | null> {
  const text = (value: string) => literal({ type: { kind: 'text' }, text: value });
  const sql = `select table_type, comment, row_count from ${ident(database)}.information_schema.tables
where table_schema = ${text(schema)} and table_name = ${text(name)}`;
  try {
    const { rows } = await querySmall(pool, session, { name: 'inspect', sql }, call, 1);
    return rows[0] ?? null;
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}

/** None for a view that no longer binds. */
async function findColumns(
  pool: SessionPool,
  session: Session,
  relation: Relation,
  call: CallOptions,
  kind: RelationInfo['kind'],
): Promise<RelationInfo['columns']> {
  const sql = `select * from ${renderRelation(relation)}`;
  try {
    return toKnownColumns(await describeColumns(pool, session, sql, call, 'inspect'));
  } catch (error) {
    if (kind === 'view' && isScoringError(error) && error.code === 'SOURCE_INVALID') return [];
    throw error;
  }
}

/** The database is not there, or may not be seen. */
function isNotThere(error: unknown): error is ScoringError {
  return isScoringError(error) && ['002003', '002043'].includes(String(error.details.snowflakeCode));
}
