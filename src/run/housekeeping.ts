import type { Relation, ScoringError } from '../contract/index.js';
import { executeHeld, renderRelease } from '../ledger/control.js';
import { executeTogether } from '../ledger/ledger.js';
import { type RunState, readOpenRuns, renderRunAppend, renderRunsAbandon } from '../ledger/runs.js';
import { readVersions, renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { dropVersions } from '../publish/retention.js';
import { dropHelpers, helpersOf, SHORT_LIVED } from './helper-tables.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';

/** How long the last words of a failed or interrupted run may take, its tidying, and the end of its hold. */
const LAST_WORDS_MS = 8000;

/** Closes what dead runs of the target left behind: their log, half-filled versions and helper tables. */
export async function takeOver(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<readonly VersionRecord[]> {
  const { ledger } = session;
  const open = (await readOpenRuns(ledger, plan.target, signal)).map((row) => String(row.run_id));
  const versions = await readVersions(ledger, plan.target, signal);
  const filling = versions.filter(({ state }) => state === 'filling');
  if (open.length + filling.length === 0) return versions;
  await dropVersions(ledger, plan.write.view, filling, [], run.hold, signal);
  await executeHeld(ledger, run.hold, [renderRunsAbandon(ledger, plan.target)], signal);
  await dropHelpers(
    ledger,
    open.flatMap((runId) => helpersOf(runId, SHORT_LIVED)),
    signal,
  );
  for (const abandoned of open) run.tell({ event: 'resumable_abandoned', abandoned });
  return versions;
}

/** Drops what a run that publishes nothing has made: its version, or its tables beside the live one. */
export async function dropMade(
  { ledger }: WarehouseSession,
  run: RunLog,
  view: Relation,
  signal: AbortSignal,
): Promise<void> {
  if (run.version !== null) await dropVersions(ledger, view, [run.version], [], run.hold, signal);
  await dropHelpers(ledger, helpersOf(run.runId, SHORT_LIVED), signal);
}

/** Lets the target go. Others may have it from here on. */
export async function letGo({ ledger }: WarehouseSession, run: RunLog): Promise<void> {
  const release = renderRelease(ledger, run.target.name, run.hold.epoch);
  await executeTogether(ledger, [release], AbortSignal.timeout(LAST_WORDS_MS));
}

/**
 * Writes a failed run's end. What a gate refused, or what could not be published for its readers' sake, stays for
 * inspection; a run that lost its lease touches nothing, since the tables may be another's by now.
 */
export async function recordFailure(
  session: WarehouseSession,
  run: RunLog,
  error: ScoringError,
  state: RunState,
): Promise<void> {
  // What is published is nobody's to clean up.
  if (run.publishSeq !== null || run.control === null) return;
  if (error.code === 'LEASE_LOST' || error.code === 'OUTCOME_UNKNOWN') return;
  const { ledger } = session;
  const { version, plan } = run;
  const keep =
    (state === 'refused' && error.stage === 'gate') ||
    (error.stage === 'publish' && error.code === 'TIMEOUT');
  const kept = keep && version !== null ? [renderVersionAppend(ledger, { ...version, state: 'failed' })] : [];
  const ended = [renderRunAppend(ledger, run.record(state, error)), ...kept];
  try {
    await executeHeld(ledger, run.hold, ended, AbortSignal.timeout(LAST_WORDS_MS));
    const signal = AbortSignal.timeout(LAST_WORDS_MS);
    if (keep) await dropHelpers(ledger, helpersOf(run.runId, ['r', 'in']), signal);
    else if (plan !== null) await dropMade(session, run, plan.write.view, signal);
  } finally {
    await letGo(session, run);
  }
}
