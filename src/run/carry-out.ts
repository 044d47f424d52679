import { isScoringError, renderRelation, ScoringError } from '../contract/index.js';
import { assertProfile, isSound } from '../extract/source.js';
import { assertAnswers } from '../gate/answer.js';
import type { GateCheck, GateInput } from '../gate/check.js';
import { assertGate, runGate, runResultChecks } from '../gate/gate.js';
import { executeHeld } from '../ledger/control.js';
import { renderFeatureCounts } from '../ledger/feature-counts.js';
import { renderMetricsInsert } from '../ledger/metrics.js';
import { migrateLedger } from '../ledger/migrate.js';
import { type RunState, renderRunAppend, renderTargetAppend } from '../ledger/runs.js';
import type { VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { Scorer, WorkerPool } from '../score/pool.js';
import { renderAnalyze, renderIndexes, renderUniqueIndex } from '../stage/staging.js';
import { decideKept } from './decide-kept.js';
import { type Filling, makeStaging, renderStaging } from './filling.js';
import { discard, publishRun } from './finish.js';
import { checkGolden, type PreparedGolden } from './golden.js';
import { takeOver } from './housekeeping.js';
import { explainLoss, type Lease, takeLease } from './lease.js';
import { type Loaded, loadScored } from './load-scored.js';
import type { PreparedRun } from './prepare.js';
import { openQuarantine } from './quarantine.js';
import { assertBudget } from './reject-budget.js';
import { stagesAll, withResult } from './result.js';
import { freezeInput, type RunInput, toLiveInput } from './run-input.js';
import type { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import { type ScoredStream, startScoring } from './score-ahead.js';
import type { WarehouseSession } from './session.js';

/** The order of a run. Each step hands readonly values to the next; none calls an earlier one. */
export async function carryOut(
  session: WarehouseSession,
  run: RunLog,
  prepared: PreparedRun,
  options: RunOptions,
): Promise<RunState> {
  const { plan, scorer } = prepared;
  const { signal } = options;
  const ready = scorer.prepare(plan.scoring, {
    thresholds: prepared.thresholds,
    keepsRejects: plan.write.rejectedRows === 'null',
  });
  ready.catch(() => undefined);
  const start = (input: RunInput): ScoredStream =>
    startScoring({
      adapter: session.adapter,
      sql: session.ledger.sql,
      plan,
      scorer,
      ready,
      signal,
      ...input,
      rows: input.profile.rows,
    });

  run.rowsSuperseded = prepared.superseded;
  run.rowsRead = prepared.profile.rows + prepared.superseded;
  const sound = isSound(prepared.profile, run.target);
  await using early = sound && plan.read.snapshot === 'live' ? start(toLiveInput(prepared)) : null;
  // The last that may refuse the run before anything is written.
  if (prepared.golden !== null) await tellGolden(run, prepared.golden, scorer, ready);
  await migrateLedger(session.ledger, options.program, signal);
  await using lease = await takeLease(session.ledger, plan.target, run.runId, signal);
  run.control = lease.control;
  const held = { ...options, signal: AbortSignal.any([signal, lease.signal]) };
  try {
    const versions = await openRun(session, run, prepared, held.signal);
    assertNotOvertaken(prepared, lease);
    assertProfile(prepared.profile, run.target);
    await using input =
      early === null ? await freezeInput(session, run, plan, held.signal) : toLiveInput(prepared);
    await using late = early === null ? start(input) : null;
    run.rowsRead = input.profile.rows + prepared.superseded;
    const { pointer } = lease.control;
    const filling = await makeStaging(session, run, plan, pointer, versions, held.signal);
    await assertAnswers({ ...filling, plan, ledger: session.ledger, signal: held.signal });
    const stream = (early ?? late) as ScoredStream;
    const { faults } = await load(session, run, plan, filling, stream, scorer, held.signal);
    // All is read: what a publish and its tidying wait for must not be this run's own snapshots.
    await Promise.all([input, prepared].map(({ snapshot }) => snapshot[Symbol.asyncDispose]()));
    return await conclude(session, run, { ...plan, read: input.read }, lease, filling, faults, held);
  } catch (error) {
    throw await explainLoss(session.ledger, plan.target, lease, error);
  }
}

/** @throws GOLDEN_MISMATCH */
async function tellGolden(
  run: RunLog,
  golden: PreparedGolden,
  scorer: Scorer,
  ready: Promise<void>,
): Promise<void> {
  await checkGolden(golden, scorer, ready);
  const { file, lines } = golden.rows;
  run.tell({ event: 'golden', file, rows: lines.length });
}

/**
 * The plan was made, and its snapshot taken, before the lease: what has been published since is newer than both.
 *
 * @throws LEASE_HELD
 */
function assertNotOvertaken({ plan, publishSeq }: PreparedRun, { control }: Lease): void {
  if (control.publishSeq === publishSeq) return;
  throw new ScoringError(
    `${plan.target} was published meanwhile: ${publishSeq} was planned on, ${control.publishSeq} is live`,
    {
      code: 'LEASE_HELD',
      stage: 'plan',
      retryable: true,
      details: { planned: String(publishSeq), live: String(control.publishSeq) },
      hint: 'Run again: what this run has read is older than what readers see now.',
    },
  );
}

/** Closes what dead runs left, and logs this one. */
async function openRun(
  session: WarehouseSession,
  run: RunLog,
  { plan, snapshot }: PreparedRun,
  signal: AbortSignal,
): Promise<readonly VersionRecord[]> {
  const { ledger } = session;
  const versions = await takeOver(session, run, plan, signal);
  run.snapshotId = `${plan.read.snapshot}: ${snapshot.id}`;
  const statements = [
    renderRunAppend(ledger, run.record('running')),
    renderTargetAppend(ledger, run.target, renderRelation(plan.write.view)),
  ];
  await executeHeld(ledger, run.hold, statements, signal);
  return versions;
}

async function load(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  filling: Filling,
  stream: ScoredStream,
  scorer: Pick<WorkerPool, 'report'>,
  signal: AbortSignal,
): Promise<Loaded> {
  const { ledger } = session;
  const { staging } = filling;
  const origin = {
    runId: run.runId,
    modelVersion: plan.model.version,
    scoredAt: run.scoredAt,
    epoch: run.hold.epoch,
  };
  const start = performance.now();
  const onLoaded = (chunks: number, rows: number) =>
    tellLoaded(run, chunks, rows, (performance.now() - start) / 1000);
  const quarantine = openQuarantine(session, run, plan, signal);
  const sourceRows = run.rowsRead - run.rowsSuperseded;
  const input = { ledger, plan, staging, origin, quarantine, sourceRows, signal, onLoaded };
  const loaded = await loadScored(stream, input);
  run.rowsStaged = loaded.rows;
  run.rowsScored = loaded.scored;
  run.rowsRejected = loaded.rejected;
  run.hashes = loaded.hashes;
  const { counts } = loaded;
  const ended = [
    renderRunAppend(ledger, run.record('staged')),
    ...renderFeatureCounts(ledger, run.runId, counts),
  ];
  await executeHeld(ledger, run.hold, ended, signal);
  if (counts.length > 0) run.tell({ event: 'features', counts });
  assertBudget(plan, run.runId, loaded, sourceRows, run.target.allowEmpty);
  const { workers: count, crashed, recycled, peakBytes } = scorer.report;
  const workers = { count, crashed, recycled, peak_bytes: peakBytes };
  run.tell({ event: 'staged', rows: run.rowsStaged, relation: renderStaging(filling), workers });
  return loaded;
}

/** Makes indexes and statistics of what was staged; true where an index over the key proves that none repeats. */
async function makeIndexes(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  filling: Filling,
  signal: AbortSignal,
): Promise<boolean> {
  const { ledger } = session;
  const { decision, staging } = filling;
  const unique = await makeUnique(session, run, plan, filling, signal);
  const made =
    decision.kind === 'new' ? renderIndexes(ledger.sql, plan, staging) : renderAnalyze(ledger.sql, staging);
  if (made.length > 0) await executeHeld(ledger, run.hold, made, signal);
  return unique;
}

/** Makes the unique index; false where keys repeat, which the gate then tells of, or where none is made. */
async function makeUnique(
  { ledger, adapter }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { staging }: Filling,
  signal: AbortSignal,
): Promise<boolean> {
  if (!adapter.capabilities.uniqueIndexes) return false;
  try {
    await executeHeld(ledger, run.hold, [renderUniqueIndex(ledger.sql, plan, staging)], signal);
    return true;
  } catch (error) {
    if (isScoringError(error) && error.code === 'CONSTRAINT') return false;
    throw error;
  }
}

/** Checks what was staged, then the table as it would be, and publishes it. */
async function conclude(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { control }: Lease,
  filling: Filling,
  faults: GateInput['faults'],
  options: RunOptions,
): Promise<RunState> {
  const { signal } = options;
  const { ledger } = session;
  // Both read the table once more: together they keep more than one core of the warehouse busy.
  const unique = makeIndexes(session, run, plan, filling, signal);
  const { live, staging } = filling;
  const input = {
    ledger,
    plan,
    runId: run.runId,
    staging,
    sourceRows: run.rowsRead,
    superseded: run.rowsSuperseded,
    rejected: run.rowsRejected,
    unique,
    live,
    faults,
    signal,
  };
  const gate = runGate(input);
  // Whichever fails, nothing may be under way when the table goes.
  await Promise.allSettled([unique, gate]);
  await unique;
  const { checks, metrics } = await gate;
  await executeHeld(ledger, run.hold, [renderMetricsInsert(ledger, run.runId, metrics)], signal);
  const all = stagesAll(decideKept(ledger, run, plan), filling);
  settle(run, [...checks, ...(all ? await runResultChecks(input, staging) : [])], filling);
  if (options.limit !== undefined) return discard(session, run, plan, signal);
  const rows = await withResult(session, run, plan, filling, signal, async (result) => {
    if (!all) settle(run, await runResultChecks(input, result.relation), filling);
    return result.rows;
  });
  return publishRun(session, run, plan, control, filling, rows, signal);
}

/** Tells what checks found. @throws GATE_REFUSED or BAD_KEYS unless all passed */
function settle(run: RunLog, checks: readonly GateCheck[], { staging }: Filling): void {
  if (checks.length > 0) run.tell({ event: 'gate', checks });
  assertGate(checks, staging);
}

function tellLoaded(run: RunLog, chunks: number, rows: number, seconds: number): void {
  run.tell({
    event: 'chunks_loaded',
    chunks,
    rows_loaded: rows,
    rows_total: run.rowsRead,
    rows_per_second: Math.round(rows / Math.max(seconds, 1e-3)),
  });
}
