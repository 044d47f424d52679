import type { ResolvedTarget } from '../config/index.js';
import { executeHeld, renderRelease } from '../ledger/control.js';
import { executeTogether } from '../ledger/ledger.js';
import { migrateLedger, readLedgerNumber } from '../ledger/migrate.js';
import { type OpenRun, readFinishedChunks, readOpenRuns } from '../ledger/open-runs.js';
import { type ResumePoint, renderRunClose } from '../ledger/runs.js';
import { readPublishes } from '../ledger/versions.js';
import { explainLoss, takeLease } from './lease.js';
import { repairTarget } from './repair-target.js';
import type { WarehouseSession } from './session.js';
import { readStanding } from './standing.js';
import { newRunId } from './uuid.js';

/** How long the end of the hold may take. */
const LET_GO_MS = 5000;

/**
 * Lets readers follow where the ledger has published and the view was not replaced after it, as can be where no
 * transaction holds both.
 *
 * @returns the version that readers see now; null where they had followed
 */
export async function reconcileReaders(
  session: WarehouseSession,
  target: ResolvedTarget,
  program: string,
  signal: AbortSignal,
): Promise<number | null> {
  if (session.adapter.capabilities.repoint !== 'guarded-replace') return null;
  const standing = await readStanding(session, target, signal);
  if (standing?.behind !== true) return null;
  return (await repairTarget(session, target, program, signal)).version;
}

/** What became of a run whose end nobody had recorded. */
export interface Reconciled {
  readonly run_id: string;
  /** What its log said last. */
  readonly was: string;
  readonly now: 'published' | 'interrupted' | 'abandoned';
  /** Of what it had staged by its last commit. */
  readonly chunks: number;
  readonly rows: number;
  /** Where the next run goes on with it. */
  readonly resume: ResumePoint | null;
}

/**
 * Finds out, from the ledger, how runs ended that did not say so, and records it. Taking the control row waits for
 * whatever may still be under way, and lets nothing of theirs come after it; so what the ledger says then is final.
 * Drops nothing.
 *
 * @throws LEASE_HELD where a run has the target now
 */
export async function reconcileTarget(
  { ledger }: WarehouseSession,
  target: ResolvedTarget,
  program: string,
  signal: AbortSignal,
): Promise<readonly Reconciled[]> {
  if ((await readLedgerNumber(ledger, signal)) === null) return [];
  await migrateLedger(ledger, program, signal);
  if ((await readOpenRuns(ledger, target.name, signal)).every(isSettled)) return [];
  await using lease = await takeLease(ledger, target.name, newRunId(), signal);
  const { control } = lease;
  const hold = { target: target.name, epoch: control.epoch };
  try {
    const open = (await readOpenRuns(ledger, target.name, signal)).filter((run) => !isSettled(run));
    const publishes = await readPublishes(ledger, target.name, signal);
    const found: Reconciled[] = [];
    for (const run of open) {
      const published = publishes.some(({ kind, runId }) => kind === 'run' && runId === run.runId);
      const chunks = await readFinishedChunks(ledger, run.runId, signal);
      const now = published ? 'published' : run.resume === null ? 'abandoned' : 'interrupted';
      const resume = now === 'interrupted' ? run.resume : null;
      await executeHeld(ledger, hold, [renderRunClose(ledger, run.runId, now, resume)], signal);
      const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
      found.push({ run_id: run.runId, was: run.state, now, chunks: chunks.length, rows, resume });
    }
    return found;
  } catch (error) {
    throw await explainLoss(ledger, target.name, lease, error);
  } finally {
    const release = renderRelease(ledger, target.name, control.epoch);
    await executeTogether(ledger, [release], AbortSignal.timeout(LET_GO_MS)).catch(() => undefined);
  }
}

/** True for a run that said how it ended, though another may go on with it. */
function isSettled({ state }: OpenRun): boolean {
  return state !== 'running' && state !== 'staged' && state !== 'unknown';
}
