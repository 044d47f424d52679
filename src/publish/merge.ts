import type { Column, Relation, Statement } from '../contract/index.js';
import { holdsDdl, type Ledger, ledgerRelation } from '../ledger/ledger.js';
import { amongOthers, amongRejects, type Kept } from './kept.js';

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
  /** What of the live version stays beside the staged rows. */
  readonly kept: Kept;
}

/**
 * Before-images, then the merge. Staged and rejected keys are the source's whole list of keys: the gate has found them
 * as many as the source's own count under the run's snapshot, each once. So what is not among them is gone.
 */
export function renderMerge(ledger: Ledger, merge: Merge): readonly Statement[] {
  const { sql } = ledger;
  const { table, staging, undo, key, columns, kept, runId } = merge;
  const chunks = ledgerRelation(ledger, 'chunks');
  const images = { undo, table, staging, chunks, runId, key, columns };
  // Whatever is neither staged nor kept goes: of `rejected`, all that is not rejected.
  const everyRow = kept.kind === 'none';
  return [
    ...renderLeftoverDrop(ledger, undo),
    sql.render('publish/undo_create', { ...images, everyRow, among: amongOthers(kept) }),
    ...renderChange(ledger, merge),
  ];
}

/** Where no transaction holds it, a table of images may be there from an attempt that went no further. */
export function renderLeftoverDrop({ sql, adapter }: Ledger, table: Relation): readonly Statement[] {
  return holdsDdl(adapter) ? [] : [sql.render('stage/drop_table', { table })];
}

function renderChange(ledger: Ledger, merge: Merge): readonly Statement[] {
  const { sql, adapter } = ledger;
  const { table, staging, key, columns, kept, runId } = merge;
  const chunks = ledgerRelation(ledger, 'chunks');
  const { merge: way, notMatchedBySource } = adapter.capabilities;
  const dropGone = kept.kind === 'none' && notMatchedBySource && way === 'native';
  const gone = dropGone ? [] : renderGone(ledger, merge);
  if (way === 'delete-insert') {
    const rest = { table, staging, chunks, runId };
    return [
      sql.render('publish/merge_delete', { ...rest, key }),
      ...gone,
      sql.render('publish/merge_insert', { ...rest, columns }),
    ];
  }
  const changed = columns.filter(({ name }) => !key.some((column) => column.name === name));
  const context = { table, staging, chunks, runId, key, columns, changed, dropGone };
  return [sql.render('publish/merge', context), ...gone];
}

/** Deletes what is neither staged nor kept. */
function renderGone({ sql }: Ledger, { table, staging, key, kept }: Merge): readonly Statement[] {
  switch (kept.kind) {
    case 'all':
      return [];
    case 'gone':
      return [sql.render('publish/delete_rejected', { table, key, ...kept.rejects })];
    default:
      return [sql.render('publish/delete_gone', { table, keys: staging, key, among: amongOthers(kept) })];
  }
}

/** The table as it would be after the merge, for checks: what is staged, and what is kept. */
export function renderResultView(
  { sql }: Ledger,
  view: Relation,
  { table, staging, key, columns, kept }: Pick<Merge, 'table' | 'staging' | 'key' | 'columns' | 'kept'>,
): Statement {
  const among = amongRejects(kept);
  return sql.render('publish/result_view', { view, table, staging, key, columns, among });
}
