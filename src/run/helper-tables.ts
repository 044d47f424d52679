import { type Ledger, ledgerRelation, readTables } from '../ledger/ledger.js';
import { withinWait } from '../publish/retention.js';
import { renderStagingDrop } from '../stage/staging.js';
import { shortRunId } from './uuid.js';

/**
 * What serves one run in the ledger's schema: the view of a merge's result, its staging, its frozen input, its images
 * before and after.
 */
type Helper = 'r' | 's' | 'in' | 'undo' | 'redo';

/** What a run needs only until it has ended; the view first, since it stands on the staging. */
export const SHORT_LIVED = ['r', 's', 'in'] as const;

/** How long a helper's end waits for those that look at it, a dump of the whole database say, in milliseconds. */
const LOCK_WAIT_MS = 500;

/** Names of the helpers that a run may have. */
export function helpersOf(runId: string, helpers: readonly Helper[]): readonly string[] {
  return helpers.map((helper) => `${helper}_${shortRunId(runId)}`);
}

/** Names of the helpers that are there, of whatever run and target. */
export async function findHelpers(ledger: Ledger, signal: AbortSignal): Promise<readonly string[]> {
  return (await readTables(ledger, signal)).filter((name) => /^(r|s|in|undo|redo)_[0-9a-f]{12}$/.test(name));
}

/** Drops those of the helpers that are there; one that somebody looks at is left to a later run. */
export async function dropHelpers(
  ledger: Ledger,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (names.length === 0) return;
  const there = new Set(await readTables(ledger, signal));
  const { adapter, sql } = ledger;
  for (const name of names.filter((each) => there.has(each))) {
    const relation = ledgerRelation(ledger, name);
    const drop = name.startsWith('r_')
      ? sql.render('stage/drop_view', { view: relation })
      : renderStagingDrop(sql, relation);
    const options = { atomic: false, lockWaitMs: LOCK_WAIT_MS, signal } as const;
    await withinWait(() => adapter.execute([drop], options));
  }
}
