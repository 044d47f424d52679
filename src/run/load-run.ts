import { executeHeld } from '../ledger/control.js';
import { renderFeatureCounts } from '../ledger/feature-counts.js';
import { renderRunAppend } from '../ledger/runs.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { WorkerPool } from '../score/pool.js';
import { type Filling, renderStaging } from './filling.js';
import { loadScored } from './load-scored.js';
import { openQuarantine } from './quarantine.js';
import { assertBudget } from './reject-budget.js';
import type { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import type { ScoredStream } from './score-ahead.js';
import type { WarehouseSession } from './session.js';
import type { Tally } from './tally.js';

/** How often a run that can be resumed commits what it has staged, in milliseconds. */
const CHECKPOINT_MS = 10_000;

/** Loads what is scored, and records that all is staged. */
export async function loadRun(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  filling: Filling,
  stream: ScoredStream,
  scorer: Pick<WorkerPool, 'report'>,
  done: Tally,
  { signal, checkpointMs = CHECKPOINT_MS }: Pick<RunOptions, 'signal' | 'checkpointMs'>,
): Promise<Tally> {
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
  const loaded = await loadScored(stream, {
    ledger,
    plan,
    staging,
    origin,
    quarantine,
    sourceRows,
    done,
    // What nobody can resume is committed as seldom as is fast.
    checkpointMs: run.resume === null ? Number.POSITIVE_INFINITY : checkpointMs,
    signal,
    onLoaded,
  });
  run.count(loaded);
  const { counts } = loaded;
  const ended = [
    renderRunAppend(ledger, run.record('staged', null, 'staged')),
    ...renderFeatureCounts(ledger, run.runId, counts),
  ];
  await executeHeld(ledger, run.hold, ended, signal);
  run.resume = 'staged';
  if (counts.length > 0) run.tell({ event: 'features', counts });
  assertTallied(run, plan, loaded);
  const { workers: count, crashed, recycled, peakBytes } = scorer.report;
  const workers = { count, crashed, recycled, peak_bytes: peakBytes };
  run.tell({ event: 'staged', rows: run.rowsStaged, relation: renderStaging(filling), workers });
  return loaded;
}

/**
 * @throws REJECT_BUDGET or SCORING where too few rows were scored
 */
export function assertTallied(run: RunLog, plan: ScoringPlan, tally: Tally): void {
  assertBudget(plan, run.runId, tally, run.rowsRead - run.rowsSuperseded, run.target.allowEmpty);
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
