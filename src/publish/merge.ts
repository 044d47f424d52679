import type { Column, Relation, Statement } from '../contract/index.js';
import { type Ledger, ledgerRelation } from '../ledger/ledger.js';

/** A run's staged rows, about to go into the live version. */
export interface Merge {
  readonly runId: string;
  /** The live version's table. */
  readonly table: Relation;
  readonly staging: Relation;
  /** Before-images of every row that changes, so that a rollback can put them back. */
  readonly undo: Relation;
  readonly key: readonly Column[];
  /** What both tables hold. */
  readonly columns: readonly Column[];
  /** Rows gone from the source. */
  readonly deletes: 'drop' | 'keep';
}

/**
 * Before-images, then the merge. The staged keys are the source's whole list of keys: the gate has found them as many
 * as the source's own count under the run's snapshot, each once. So `drop` deletes what is not among them.
 */
export function renderMerge(ledger: Ledger, merge: Merge): readonly Statement[] {
  const { sql } = ledger;
  const { table, staging, undo, key, columns, deletes } = merge;
  const everyRow = deletes === 'drop';
  const chunks = ledgerRelation(ledger, 'chunks');
  const { runId } = merge;
  return [
    sql.render('publish/undo_create', { undo, table, staging, chunks, runId, key, columns, everyRow }),
    ...renderChange(ledger, merge),
  ];
}

function renderChange(ledger: Ledger, merge: Merge): readonly Statement[] {
  const { sql, adapter } = ledger;
  const { table, staging, key, columns, deletes, runId } = merge;
  const chunks = ledgerRelation(ledger, 'chunks');
  const { merge: way, notMatchedBySource } = adapter.capabilities;
  const gone = deletes === 'drop' ? [sql.render('publish/delete_gone', { table, keys: staging, key })] : [];
  if (way === 'delete-insert') {
    const rest = { table, staging, chunks, runId };
    return [
      sql.render('publish/merge_delete', { ...rest, key }),
      ...gone,
      sql.render('publish/merge_insert', { ...rest, columns }),
    ];
  }
  const changed = columns.filter(({ name }) => !key.some((column) => column.name === name));
  const dropGone = deletes === 'drop' && notMatchedBySource;
  const context = { table, staging, chunks, runId, key, columns, changed, dropGone };
  return [sql.render('publish/merge', context), ...(notMatchedBySource ? [] : gone)];
}

/** The table as it would be after the merge, for checks: what is staged, and what is kept. */
export function renderResultView(
  { sql }: Ledger,
  view: Relation,
  { table, staging, key, columns }: Pick<Merge, 'table' | 'staging' | 'key' | 'columns'>,
): Statement {
  return sql.render('publish/result_view', { view, table, staging, key, columns });
}
