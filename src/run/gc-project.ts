import { readLedgerNumber } from '../ledger/migrate.js';
import { findAbandonedCopies, removeCopy } from '../model/private-copy.js';
import { findOrphans } from './find-garbage.js';
import type { WarehouseSession } from './session.js';

/** What belongs to no target in particular. */
export interface SharedGarbage {
  /** Helper tables of no run that the ledger knows: never dropped. */
  readonly strangers: readonly string[];
  /** Folders with copies of models that dead processes of this machine have left. */
  readonly copies: readonly string[];
}

/** Finds what no target owns, and deletes the copies unless under `dryRun`. */
export async function gcShared(
  { ledger }: WarehouseSession,
  { dryRun, signal }: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<SharedGarbage> {
  const strangers =
    (await readLedgerNumber(ledger, signal)) === null ? [] : await findOrphans(ledger, signal);
  const copies = await findAbandonedCopies();
  if (!dryRun) for (const folder of copies) await removeCopy(folder);
  return { strangers, copies };
}
