import type { Column, Relation } from '../contract/index.js';
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

/**
 * Hashes a relation in the warehouse, as src/hash/README.md defines it.
 *
 * @param exceptRun leaves out the rows of this run, where the relation has `_run_id`; the hashes of all rows are those
 *   of the others XOR the run's own
 */
export async function hashTable(
  ledger: Ledger,
  table: Relation,
  { key, values }: HashedColumns,
  signal: AbortSignal,
  exceptRun: string | null = null,
): Promise<TableHash> {
  const statement = ledger.sql.render('hash/table', { table, key, values, exceptRun });
  const [row] = await queryRows(ledger, statement, 1, signal);
  return {
    rows: Number(row?.row_count),
    keys: parseHash(String(row?.key_hash)),
    values: parseHash(String(row?.value_hash)),
  };
}
