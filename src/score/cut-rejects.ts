import type { Vector } from '../contract/index.js';
import type { Reject } from '../features/contract.js';
import { restOf, takeRows } from '../features/take-rows.js';
import { toNullableTexts } from '../features/texts.js';

/** A chunk's rejected rows as columns: a row for each of their features and reasons. */
export interface RejectColumns {
  /** Rows of the chunk that are rejected. */
  readonly rejected: number;
  /** Length of the columns. */
  readonly rows: number;
  readonly key: readonly Vector[];
  /** NULL where the engine does not take the row. */
  readonly feature: Vector;
  readonly reason: Vector;
}

/** The rejects of a chunk as columns; null where there are none. */
export function toRejectColumns(key: readonly Vector[], rejects: readonly Reject[]): RejectColumns | null {
  if (rejects.length === 0) return null;
  const rows = rejects.flatMap((reject) => reject.rows);
  const each = <T>(of: (reject: Reject) => T) =>
    rejects.flatMap((reject) => reject.rows.map(() => of(reject)));
  return {
    rejected: new Set(rows).size,
    rows: rows.length,
    key: key.map((vector) => takeRows(vector, rows)),
    feature: toNullableTexts(each(({ feature }) => feature)),
    reason: toNullableTexts(each(({ reason }) => reason)),
  };
}

/** Columns of a chunk without its rejected rows. */
export function withoutRejects(
  columns: readonly Vector[],
  rows: number,
  rejects: readonly Reject[],
): readonly Vector[] {
  if (rejects.length === 0) return columns;
  const kept = restOf(
    rows,
    rejects.flatMap((reject) => reject.rows),
  );
  return columns.map((vector) => takeRows(vector, kept));
}
