import type { Query, Relation, Statement } from '../contract/index.js';
import type { ReadPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';

/** Copies what the run reads, in key order, into a table of the ledger's schema. */
export function renderFreeze(sql: SqlRenderer, plan: ReadPlan, table: Relation): Statement {
  const columns = plan.columns.map(({ name }) => name);
  return sql.render('source/freeze', { table, columns, key: plan.key, query: plan.sql });
}

/**
 * The frozen copy as the query that the run reads instead of its source.
 *
 * @param after rows in key order that are done with
 */
export function renderFrozenQuery(sql: SqlRenderer, plan: ReadPlan, table: Relation, after = 0): Query {
  const columns = plan.columns.map(({ name }) => name);
  const rest = after === 0 ? null : after;
  return { sql: sql.render('source/select_columns', { columns, table, after: rest }).sql };
}
