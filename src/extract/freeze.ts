import {
  type KeyTuple,
  type Query,
  type Relation,
  renderKeyRange,
  type Statement,
} from '../contract/index.js';
import type { ReadPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';

/** Copies what the run reads, in key order, into a table of the ledger's schema. */
export function renderFreeze(sql: SqlRenderer, plan: ReadPlan, table: Relation): Statement {
  const columns = plan.columns.map(({ name }) => name);
  return sql.render('source/freeze', { table, columns, key: plan.key, query: plan.sql });
}

/** What is read in chunks. */
export interface SourceQuery extends Query {
  /** The part of it that is still to be read, where that begins behind a key and the whole is a table. */
  readonly rest?: Query;
}

/** What of a frozen copy is done with. */
export interface Done {
  /** Rows in key order. */
  readonly rows: number;
  /** The greatest key among them; null where there are none. */
  readonly hi: KeyTuple | null;
}

/** The frozen copy as the query that the run reads instead of its source. */
export function renderFrozenQuery(
  sql: SqlRenderer,
  { columns, key }: ReadPlan,
  table: Relation,
  done: Done,
  ordered: boolean,
): SourceQuery {
  const names = columns.map(({ name }) => name);
  const render = (after: number | null, condition: string | null) =>
    sql.render('source/select_columns', { columns: names, table, after, condition }).sql;
  if (done.rows === 0) return { sql: render(null, null), table };
  if (ordered) return { sql: render(done.rows, null) };
  // Without an order there are no row numbers to begin behind.
  const condition = renderKeyRange(sql.dialect, key, { lo: done.hi, hi: null });
  return { sql: render(null, null), table, rest: { sql: render(null, condition) } };
}
