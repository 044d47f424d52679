import { isScoringError } from '../contract/index.js';
import type { GateCheck, GateInput } from '../gate/check.js';
import { assertGate, runGate, runResultChecks } from '../gate/gate.js';
import { executeHeld } from '../ledger/control.js';
import { renderMetrics } from '../ledger/metrics.js';
import type { RunState } from '../ledger/runs.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderAnalyze, renderIndexes, renderUniqueIndex } from '../stage/staging.js';
import { decideKept } from './decide-kept.js';
import type { Filling } from './filling.js';
import { discard, publishRun } from './finish.js';
import type { Lease } from './lease.js';
import { stagesAll, withResult } from './result.js';
import type { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import type { WarehouseSession } from './session.js';

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
export async function conclude(
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
    hold: run.hold,
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
  await executeHeld(ledger, run.hold, renderMetrics(ledger, run.runId, metrics), signal);
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
