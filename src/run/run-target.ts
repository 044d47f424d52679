import type { ResolvedTarget } from '../config/index.js';
import { EXIT, exitCodeOf, isScoringError, ScoringError, toInterrupted } from '../contract/index.js';
import type { RunState } from '../ledger/runs.js';
import type { RunFinished } from '../observe/events.js';
import { renderBroken } from '../plan/check-write.js';
import { carryOut } from './carry-out.js';
import { recordFailure } from './housekeeping.js';
import { toLost } from './lease.js';
import { startDeadline } from './limits.js';
import { prepareRun } from './prepare.js';
import { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import type { WarehouseSession } from './session.js';
import { settle } from './settle.js';
import { summarisePlan } from './summary.js';
import { watchCalls } from './watch-calls.js';

/** Runs one target from source to published view. Never throws: the outcome tells, as the last event does. */
export async function runTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: RunOptions,
): Promise<RunFinished> {
  const run = new RunLog(target, options.emit);
  const watched = watchSession(session, run, options);
  run.tell({ event: 'run_started' });
  using deadline = startDeadline(target.limits.seconds, options.signal);
  const limited = { ...options, signal: deadline.signal };
  let state: RunState | 'planned' = 'planned';
  let exitCode: number = EXIT.ok;
  try {
    const takes = options.dryRun !== true;
    await using prepared = await prepareRun(watched, target, { ...limited, takes });
    run.plan = prepared.plan;
    run.tell({ event: 'planned', plan: summarisePlan(prepared.plan) });
    const message = renderBroken(prepared.plan.write);
    if (message !== null) run.tell({ event: 'warning', message });
    if (takes) state = await carryOut(watched, run, prepared, limited);
  } catch (thrown) {
    const error = await settle(watched, run, toError(thrown, deadline.signal));
    if (run.publishSeq !== null) return finishPublished(run, error);
    exitCode = exitCodeOf(await tellFailure(watched, run, error));
    state = stateOf(exitCode, error.code);
  }
  const finished = toFinished(run, state, exitCode);
  run.tell(finished);
  return finished;
}

/** The session with every call of the adapter marked as this run's. */
function watchSession(session: WarehouseSession, run: RunLog, options: RunOptions): WarehouseSession {
  const annotations = {
    target: run.target.name,
    // Of the run that it turns out to go on with.
    get run_id() {
      return run.runId;
    },
  };
  const adapter = watchCalls(session.adapter, annotations, options.failpoint);
  return { ...session, adapter, ledger: { ...session.ledger, adapter } };
}

/** Readers have the new version: what failed after that is told, and changes nothing. */
function finishPublished(run: RunLog, error: ScoringError): RunFinished {
  run.tell({ event: 'warning', message: `published; afterwards: ${error.message}` });
  const finished = toFinished(run, 'published', EXIT.ok);
  run.tell(finished);
  return finished;
}

/** Records and tells a failure; a run that could not record it since another has the target has lost its lease. */
async function tellFailure(
  session: WarehouseSession,
  run: RunLog,
  failure: ScoringError,
): Promise<ScoringError> {
  const state = stateOf(exitCodeOf(failure), failure.code);
  const error = await recordFailure(session, run, failure, state).then(
    () => failure,
    (cause: Error) => {
      if (isScoringError(cause) && cause.code === 'LEASE_LOST') return toLost(run.target.name, failure);
      const message = `the next run closes this one, which could not be recorded or cleaned up: ${cause.message}`;
      run.tell({ event: 'warning', message });
      return failure;
    },
  );
  const { code, stage, message, hint } = error;
  run.tell({ event: 'run_failed', code, stage, message, ...(hint === undefined ? {} : { hint }) });
  return error;
}

function toError(thrown: unknown, signal: AbortSignal): ScoringError {
  // A refusal or a lost lease stays what it is, also when somebody pressed Ctrl-C.
  if (isScoringError(thrown) && (!signal.aborted || exitCodeOf(thrown) !== EXIT.failed)) return thrown;
  if (signal.aborted) return isScoringError(signal.reason) ? signal.reason : toInterrupted('score');
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ScoringError(message, { code: 'INVARIANT', stage: 'cli', cause: thrown });
}

function stateOf(exitCode: number, code: string): RunState {
  if (exitCode === EXIT.refused) return 'refused';
  if (code === 'LIMIT_REACHED') return 'interrupted';
  if (exitCode === EXIT.interrupted) return 'interrupted';
  return exitCode === EXIT.unknown ? 'unknown' : 'failed';
}

function toFinished(run: RunLog, state: string, exitCode: number): RunFinished {
  return {
    event: 'run_finished',
    state,
    exit_code: exitCode,
    version: run.publishedVersion,
    publish_seq: run.publishSeq === null ? null : Number(run.publishSeq),
    rows_read: run.rowsRead,
    rows_published: run.rowsPublished,
    rows_rejected: run.rowsRejected,
    seconds: run.seconds,
  };
}
