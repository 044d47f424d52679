import type { ScoringError, Statement } from '../contract/index.js';
import { renderRelease } from '../ledger/control.js';
import { executeTogether, ledgerRelation } from '../ledger/ledger.js';
import { type RunState, readOpenRuns, renderRunAppend, renderRunsAbandon } from '../ledger/runs.js';
import { readPublishes, readVersions, renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { chooseDropped, renderDrops } from '../publish/retention.js';
import { renderStagingDrop } from '../stage/staging.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** How long the last words of a failed or interrupted run may take. */
const LAST_WORDS_MS = 8000;

/** Closes what dead runs of the target left behind: their log, half-filled versions and frozen inputs. */
export async function takeOver(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
) {
  const { ledger } = session;
  const open = await readOpenRuns(ledger, plan.target, signal);
  const versions = await readVersions(ledger, plan.target, signal);
  const filling = versions.filter(({ state }) => state === 'filling');
  if (open.length + filling.length === 0) return versions;
  const frozen = open.map((row) => ledgerRelation(ledger, `in_${shortRunId(String(row.run_id))}`));
  const statements = [
    ...frozen.map((table) => renderStagingDrop(ledger.sql, table)),
    ...renderDrops(ledger, plan.write.view, filling),
    renderRunsAbandon(ledger, plan.target),
  ];
  await executeTogether(ledger, statements, signal);
  for (const row of open) run.tell({ event: 'resumable_abandoned', abandoned: String(row.run_id) });
  return versions;
}

/** Drops what `keep_versions` no longer keeps. The publish stands whatever happens here: a failure is only told. */
export async function retire(session: WarehouseSession, run: RunLog, plan: ScoringPlan): Promise<void> {
  try {
    await dropSurplus(session, run, plan, AbortSignal.timeout(LAST_WORDS_MS));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    run.tell({ event: 'warning', message: `published; old versions could not be dropped: ${cause}` });
  }
}

async function dropSurplus(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = session;
  const live = run.version?.version ?? 0;
  const versions = await readVersions(ledger, plan.target, signal);
  const publishes = await readPublishes(ledger, plan.target, 1000, signal);
  const rollbackTo = publishes.map((row) => Number(row.version)).find((version) => version !== live) ?? null;
  const dropped = chooseDropped(versions, live, rollbackTo, plan.write.keepVersions);
  if (dropped.length === 0) return;
  const statements = renderDrops(ledger, plan.write.view, dropped);
  await executeTogether(ledger, statements, signal);
  run.tell({ event: 'dropped', versions: dropped.map(({ version }) => version) });
}

/** Statements that end a run's hold: the frozen input goes, the control row is free. */
export function renderLetGo(session: WarehouseSession, run: RunLog): readonly Statement[] {
  const { ledger } = session;
  if (run.control === null) return [];
  const frozen = run.frozen === null ? [] : [renderStagingDrop(ledger.sql, run.frozen)];
  return [...frozen, renderRelease(ledger, run.target.name, run.control.epoch)];
}

/**
 * Writes a failed run's end. What a gate refused stays for inspection; a run that lost its lease touches nothing,
 * since the tables may be another's by now.
 */
export async function recordFailure(
  session: WarehouseSession,
  run: RunLog,
  error: ScoringError,
  state: RunState,
) {
  // What is published is nobody's to clean up.
  if (run.publishSeq !== null || run.control === null) return;
  if (error.code === 'LEASE_LOST' || error.code === 'OUTCOME_UNKNOWN') return;
  const { ledger } = session;
  const statements: Statement[] = [renderRunAppend(ledger, run.record(state, error))];
  if (run.version !== null && run.staging !== null) {
    statements.push(...renderFailedVersion(session, run.version, run.staging, error.stage === 'gate'));
  }
  statements.push(...renderLetGo(session, run));
  const signal = AbortSignal.timeout(LAST_WORDS_MS);
  await executeTogether(ledger, statements, signal);
}

function renderFailedVersion(
  { ledger }: WarehouseSession,
  version: VersionRecord,
  staging: NonNullable<RunLog['staging']>,
  keep: boolean,
): readonly Statement[] {
  if (keep) return [renderVersionAppend(ledger, { ...version, state: 'failed' })];
  return [
    renderStagingDrop(ledger.sql, staging),
    renderVersionAppend(ledger, { ...version, state: 'dropped' }),
  ];
}
