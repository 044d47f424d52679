import type { Relation, ScoringError, Statement } from '../contract/index.js';
import { renderRelease } from '../ledger/control.js';
import { executeTogether, type Ledger, ledgerRelation, readTables } from '../ledger/ledger.js';
import { type RunState, readOpenRuns, readRuns, renderRunAppend, renderRunsAbandon } from '../ledger/runs.js';
import { readPublishes, readVersions, renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { chooseDropped, type Dropped, dropVersions } from '../publish/retention.js';
import { renderStagingDrop } from '../stage/staging.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** How long the last words of a failed or interrupted run, and the tidying after a publish, may take. */
const LAST_WORDS_MS = 8000;

/** How many runs back helper tables are looked for. */
const RUNS_BACK = 20;

/** Closes what dead runs of the target left behind: their log, half-filled versions and helper tables. */
export async function takeOver(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<readonly VersionRecord[]> {
  const { ledger } = session;
  const open = await readOpenRuns(ledger, plan.target, signal);
  const versions = await readVersions(ledger, plan.target, signal);
  const filling = versions.filter(({ state }) => state === 'filling');
  if (open.length + filling.length === 0) return versions;
  await dropVersions(ledger, plan.write.view, filling, [], signal);
  const statements = [
    ...open.flatMap((row) => renderHelperDrops(ledger, String(row.run_id), ['in', 's'])),
    renderRunsAbandon(ledger, plan.target),
  ];
  await executeTogether(ledger, statements, signal);
  for (const row of open) run.tell({ event: 'resumable_abandoned', abandoned: String(row.run_id) });
  return versions;
}

function renderHelperDrops(ledger: Ledger, runId: string, helpers: readonly string[]): readonly Statement[] {
  return helpers.map((helper) =>
    renderStagingDrop(ledger.sql, ledgerRelation(ledger, helperName(helper, runId))),
  );
}

/** A table that serves one run: its frozen input `in`, its staging `s`, its images `undo` and `redo`. */
function helperName(helper: string, runId: string): string {
  return `${helper}_${shortRunId(runId)}`;
}

/** Drops what is no longer kept. The publish stands whatever happens here: a failure is only told. */
export async function retire(session: WarehouseSession, run: RunLog, plan: ScoringPlan): Promise<void> {
  const signal = AbortSignal.timeout(LAST_WORDS_MS);
  try {
    await dropHelpers(session, run, signal);
    await dropSurplus(session, run, plan, signal);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    run.tell({ event: 'warning', message: `published; old versions could not be dropped: ${cause}` });
  }
}

/** Staging that a gate refused, and images of merges that no rollback reaches any more. */
async function dropHelpers({ ledger }: WarehouseSession, run: RunLog, signal: AbortSignal): Promise<void> {
  const runs = await readRuns(ledger, run.target.name, RUNS_BACK, signal);
  const earlier = runs.map((row) => String(row.run_id)).filter((runId) => runId !== run.runId);
  const names = new Set(
    earlier.flatMap((runId) => ['s', 'undo', 'redo'].map((helper) => helperName(helper, runId))),
  );
  const found = (await readTables(ledger, signal)).filter((name) => names.has(name));
  if (found.length === 0) return;
  const statements = found.map((name) => renderStagingDrop(ledger.sql, ledgerRelation(ledger, name)));
  await executeTogether(ledger, statements, signal);
}

async function dropSurplus(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = session;
  const live = run.publishedVersion ?? 0;
  const versions = await readVersions(ledger, plan.target, signal);
  const publishes = await readPublishes(ledger, plan.target, signal);
  const rollbackTo = publishes.map(({ version }) => version).find((version) => version !== live) ?? null;
  const chosen = chooseDropped(versions, live, rollbackTo, plan.write.keepVersions);
  if (chosen.length === 0) return;
  tellDropped(run, await dropVersions(ledger, plan.write.view, chosen, publishes, signal));
}

function tellDropped(run: RunLog, { dropped, waiting, needed }: Dropped): void {
  if (dropped.length > 0) run.tell({ event: 'dropped', versions: dropped });
  if (waiting.length > 0) {
    const message = `version ${waiting.join(', ')} is still being read; the next run drops it`;
    run.tell({ event: 'warning', message });
  }
  for (const { version, by } of needed) {
    run.tell({ event: 'warning', message: `version ${version} is kept: ${by.join(', ')} depends on it` });
  }
}

/** Statements that end a run's hold: the frozen input goes, the control row is free. */
export function renderLetGo(session: WarehouseSession, run: RunLog): readonly Statement[] {
  const { ledger } = session;
  if (run.control === null) return [];
  const frozen = run.frozen === null ? [] : [renderStagingDrop(ledger.sql, run.frozen)];
  return [...frozen, renderRelease(ledger, run.target.name, run.control.epoch)];
}

/** Drops rows that will never be published: a version of their own, or a table beside the live one. */
export async function dropStaging(
  { ledger }: WarehouseSession,
  view: Relation,
  version: VersionRecord | null,
  staging: Relation,
  signal: AbortSignal,
): Promise<void> {
  if (version === null) await executeTogether(ledger, [renderStagingDrop(ledger.sql, staging)], signal);
  else await dropVersions(ledger, view, [version], [], signal);
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
  const signal = AbortSignal.timeout(LAST_WORDS_MS);
  const keep = error.stage === 'gate' || (error.stage === 'publish' && error.code === 'TIMEOUT');
  const { version, staging, plan } = run;
  const kept = keep && version !== null ? [renderVersionAppend(ledger, { ...version, state: 'failed' })] : [];
  try {
    await executeTogether(ledger, [renderRunAppend(ledger, run.record(state, error)), ...kept], signal);
    if (!keep && staging !== null && plan !== null) {
      await dropStaging(session, plan.write.view, version, staging, signal);
    }
  } finally {
    await executeTogether(ledger, renderLetGo(session, run), signal);
  }
}
