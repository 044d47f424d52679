import type { Column, Relation, Statement } from '../contract/index.js';
import { type Ledger, ledgerRelation } from '../ledger/ledger.js';
import { renderLeftoverDrop } from './merge.js';

/** A merge that a rollback takes back, or makes once more. */
export interface Undo {
  /** The run that merged. */
  readonly runId: string;
  /** The version's table. */
  readonly table: Relation;
  readonly columns: readonly Column[];
  readonly key: readonly Column[];
}

/** Before-images of the rows that a run's merge changed or deleted. */
export function undoRelation(ledger: Ledger, shortRunId: string): Relation {
  return ledgerRelation(ledger, `undo_${shortRunId}`);
}

/** The rows that a run's merge had brought, kept when a rollback takes them back. */
export function redoRelation(ledger: Ledger, shortRunId: string): Relation {
  return ledgerRelation(ledger, `redo_${shortRunId}`);
}

/** Takes a merge back: its rows go (into `redo`), the rows before it return. Every row that it wrote carries its run id. */
export function renderUndo(
  ledger: Ledger,
  { runId, table, columns }: Undo,
  undo: Relation,
  redo: Relation,
): readonly Statement[] {
  const { sql } = ledger;
  return [
    ...renderLeftoverDrop(ledger, redo),
    sql.render('publish/redo_create', { redo, table, columns, runId }),
    sql.render('publish/remove_run', { table, runId }),
    sql.render('publish/restore', { table, columns, images: undo }),
  ];
}

/** Makes a merge once more that a rollback had taken back. */
export function renderRedo(
  { sql }: Ledger,
  { table, columns, key }: Undo,
  undo: Relation,
  redo: Relation,
): readonly Statement[] {
  return [
    sql.render('publish/remove_keys', { table, keys: undo, key }),
    sql.render('publish/restore', { table, columns, images: redo }),
    sql.render('stage/drop_table', { table: redo }),
  ];
}
