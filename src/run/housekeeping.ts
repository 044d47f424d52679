import { type ErrorCode, EXIT, exitCodeOf, type Relation, type ScoringError } from '../contract/index.js';
import { executeHeld, renderRelease } from '../ledger/control.js';
import { executeTogether } from '../ledger/ledger.js';
import { type RunState, renderRunAppend, renderRunsAbandon } from '../ledger/runs.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { dropVersions } from '../publish/retention.js';
import { dropHelpers, helpersOf, SHORT_LIVED } from './helper-tables.js';
import type { FoundRuns } from './resume.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';

/** How long the last words and the tidying of a failed or interrupted run may take, and the end of its hold. */
const LAST_WORDS_MS = 6000;
const LET_GO_MS = 2000;

/**
 * Closes what dead runs of the target left behind, but for the one that goes on: their log, half-filled versions and
 * helper tables.
 */
export async function takeOver(
  { ledger }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { resumed, closed }: FoundRuns,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<void> {
  const goesOn = resumed?.run.runId ?? null;
  const filling = versions.filter(({ state, runId }) => state === 'filling' && runId !== goesOn);
  if (closed.length + filling.length === 0) return;
  // First the word that nobody goes on with them: else the ledger would offer what is already gone.
  await executeHeld(ledger, run.hold, [renderRunsAbandon(ledger, plan.target, goesOn)], signal);
  await dropVersions(ledger, plan.write.view, filling, [], run.hold, signal);
  const helpers = closed.flatMap(({ run: { runId } }) => helpersOf(runId, SHORT_LIVED));
  await dropHelpers(ledger, helpers, signal);
  for (const { run: abandoned, reason } of closed) {
    run.tell({ event: 'resumable_abandoned', abandoned: abandoned.runId, reason });
  }
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
export async function letGo(
  { ledger }: WarehouseSession,
  run: RunLog,
  signal = AbortSignal.timeout(LET_GO_MS),
): Promise<void> {
  const release = renderRelease(ledger, run.target.name, run.hold.epoch);
  await executeTogether(ledger, [release], signal);
}

/** Failures that would come again: a later run starts over. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set(['SCORING', 'INVARIANT', 'CONSTRAINT']);

/** True where a later run may go on with a run that ended so: what it has staged may be right all the same. */
function isResumable(error: ScoringError): boolean {
  return exitCodeOf(error) !== EXIT.refused && !HOPELESS.has(error.code);
}

/**
 * Writes a failed run's end. What a later run may go on with stays, and what a gate refused, for inspection; a run that
 * lost its lease, or does not know how its last transaction ended, touches nothing.
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
  if (!isResumable(error)) run.resume = null;
  const refused = state === 'refused' && error.stage === 'gate';
  const kept =
    refused && version !== null ? [renderVersionAppend(ledger, { ...version, state: 'failed' })] : [];
  const ended = [renderRunAppend(ledger, run.record(state, error)), ...kept];
  const signal = AbortSignal.timeout(LAST_WORDS_MS);
  try {
    await executeHeld(ledger, run.hold, ended, signal);
    if (refused) await dropHelpers(ledger, helpersOf(run.runId, ['r', 'in']), signal);
    else if (plan !== null && run.resume === null) await dropMade(session, run, plan.write.view, signal);
  } finally {
    await letGo(session, run);
  }
}
