import type { Column, Relation, Statement } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import type { VersionRecord } from '../ledger/versions.js';
import { isOrigin } from '../plan/output-columns.js';
import { amongRejects, type Kept } from './kept.js';
import { toOriginValues } from './view.js';

/** The live version whose rows go along into a new one. */
export interface Carry {
  readonly version: VersionRecord;
  readonly live: Relation;
  readonly stored: readonly Column[];
}

/**
 * Copies into the new version what is kept of the live one: rows gone from the source, or rejected. They keep their
 * run, model and load key; a column that the live version lacks is NULL.
 */
export function renderCarryForward(
  { sql }: Ledger,
  { version, live, stored }: Carry,
  table: Relation,
  columns: readonly Column[],
  key: readonly Column[],
  kept: Kept,
): Statement {
  const carried = columns.map(({ name }) => {
    const isStored = stored.some((column) => column.name === name);
    const origin = toOriginValues(name, !isStored && isOrigin(name), version);
    const missing = !isStored && Object.values(origin).every((value) => value === null);
    return { name, stored: isStored, missing, ...origin };
  });
  return sql.render('publish/carry_forward', {
    table,
    live,
    columns: carried,
    key,
    among: amongRejects(kept),
  });
}
