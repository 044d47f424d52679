import type { Column, Relation, Snapshot } from '../contract/index.js';
import type { SetHashes } from '../hash/row-hasher.js';
import { parseHash } from '../hash/text.js';
import { type Ledger, queryRows } from '../ledger/ledger.js';

/** What of a relation is hashed. */
export interface HashedColumns {
  readonly key: readonly Column[];
  /** All columns of the value hash, in order, the key's among them. */
  readonly values: readonly Column[];
}

/** The rows of a relation and their set hashes. */
export interface TableHash extends SetHashes {
  readonly rows: number;
}

export interface HashOptions {
  /**
   * Leaves out the rows of this run, where the relation has `_run_id`: the hashes of all rows are those of the others
   * and the run's own, added.
   */
  readonly exceptRun?: string;
  readonly snapshot?: Snapshot | null;
  readonly signal: AbortSignal;
}

/** Hashes a relation in the warehouse, as src/hash/README.md defines it. */
export async function hashTable(
  ledger: Ledger,
  table: Relation,
  { key, values }: HashedColumns,
  { exceptRun, snapshot, signal }: HashOptions,
): Promise<TableHash> {
  const context = { table, key, values, exceptRun: exceptRun ?? null };
  const [row] = await queryRows(
    ledger,
    ledger.sql.render('hash/table', context),
    1,
    signal,
    snapshot ?? null,
  );
  return {
    rows: Number(row?.row_count),
    keys: parseHash(String(row?.key_hash)),
    values: parseHash(String(row?.value_hash)),
  };
}
