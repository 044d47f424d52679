import { resolve } from 'node:path';
import type { ResolvedProject, ResolvedTarget } from '../config/index.js';
import {
  type Column,
  type Dialect,
  type Query,
  type Relation,
  ScoringError,
  type Snapshot,
  type WarehouseAdapter,
} from '../contract/index.js';
import type { SqlRenderer } from '../sql/renderer.js';
import { renderUserSql } from '../sql/user-sql.js';

/** The source as one SELECT in the warehouse's words. */
export function renderSource(
  project: ResolvedProject,
  target: ResolvedTarget,
  sql: SqlRenderer,
  home: string,
): Query {
  const { source } = target;
  switch (source.kind) {
    case 'sql':
      return { sql: renderUserSql(source.sql, project.vars, sql.dialect, `${target.file}: source.sql`) };
    case 'table': {
      const { schema = home, ...rest } = source.table;
      const table = foldRelation({ ...rest, schema }, sql.dialect);
      return { sql: sql.render('source/table', { table }).sql, table };
    }
    case 'file': {
      const file = resolve(project.dir, source.path);
      return { sql: sql.render('source/file', { file, parquet: /\.parquet$/i.test(file) }).sql };
    }
  }
}

/** Names in lower case stand for what SQL without quotes would find; others are meant as they are written. */
function foldRelation(relation: Relation, { fold }: Pick<Dialect, 'fold'>): Relation {
  const toName = (name: string) => (name === name.toLowerCase() ? fold(name) : name);
  const { database, schema, name } = relation;
  return {
    ...(database === undefined ? {} : { database: toName(database) }),
    schema: toName(schema),
    name: toName(name),
  };
}

/**
 * The source with one row for each key: the one with the greatest `latestBy`. Rows that share it stay, and are refused
 * as duplicates: there is no arbitrary winner.
 */
export function renderLatest(
  sql: SqlRenderer,
  query: Query,
  source: readonly Column[],
  key: readonly Column[],
  latestBy: Column,
): Query {
  const columns = source.map(({ name }) => name);
  return {
    sql: sql.render('source/latest', { query: query.sql, columns, key, latestBy: [latestBy] }).sql,
  };
}

/** What the warehouse counts under the run's snapshot. */
export interface SourceProfile {
  readonly rows: number;
  /** True where the rows come in ascending key order by themselves, so that no sort is needed. */
  readonly ascending: boolean;
  /** Rows with a NULL in any key column. */
  readonly nullKeys: number;
}

/** Counts the source's rows, NULL keys among them, where the rows are read from. */
export async function readProfile(
  adapter: WarehouseAdapter,
  sql: SqlRenderer,
  query: Query,
  key: readonly Column[],
  snapshot: Snapshot | null,
  signal: AbortSignal,
): Promise<SourceProfile> {
  const statement = sql.render('source/profile', { query: query.sql, key });
  const moment = snapshot === null ? { readOnly: true } : { snapshot };
  const options = { maxRows: 1, stage: 'plan', ...moment, signal } as const;
  const { rows } = await adapter.query(statement, options);
  const [counts] = rows;
  return {
    rows: Number(counts?.[0] ?? 0),
    nullKeys: Number(counts?.[1] ?? 0),
    ascending: counts?.[2] === true,
  };
}

/** True where `assertProfile` has nothing to say. */
export function isSound({ rows, nullKeys }: SourceProfile, { allowEmpty }: ResolvedTarget): boolean {
  return nullKeys === 0 && (rows > 0 || allowEmpty);
}

/** @throws EMPTY_INPUT or BAD_KEYS before anything is written */
export function assertProfile({ rows, nullKeys }: SourceProfile, target: ResolvedTarget): void {
  if (rows === 0 && !target.allowEmpty) {
    throw new ScoringError('the source has no rows', {
      code: 'EMPTY_INPUT',
      stage: 'extract',
      hint: 'An empty input usually means a broken source. Say allow_empty: true if it may be empty.',
    });
  }
  if (nullKeys > 0) {
    throw new ScoringError(`${nullKeys} of ${rows} rows have NULL in the key (${target.key.join(', ')})`, {
      code: 'BAD_KEYS',
      stage: 'extract',
      details: { nullKeys, rows, key: target.key },
      hint: 'Every row needs a key: filter or repair these rows in the source query.',
    });
  }
}
