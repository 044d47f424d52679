import type { ResolvedTarget } from '../config/index.js';
import {
  EXIT,
  exitCodeOf,
  isScoringError,
  retrying,
  ScoringError,
  toInterrupted,
} from '../contract/index.js';
import type { RunState } from '../ledger/runs.js';
import type { RunFinished } from '../observe/events.js';
import { renderBroken } from '../plan/check-write.js';
import { carryOut } from './carry-out.js';
import { letGo, recordFailure } from './housekeeping.js';
import { toLost } from './lease.js';
import { startDeadline } from './limits.js';
import { prepareRun } from './prepare.js';
import { RETRIES, retryCalls, toRetryEvent } from './retry.js';
import { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import type { WarehouseSession } from './session.js';
import { settle } from './settle.js';
import { summarisePlan } from './summary.js';
import { watchCalls } from './watch-calls.js';

/**
 * Runs one target from source to published view. Never throws: the outcome tells, as the last event does. What failed for
 * a reason that passes, and no call can make good by itself, is run once more, and goes on with what it left.
 */
export async function runTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: RunOptions,
): Promise<RunFinished> {
  const { run: policy, tools } = options.retries ?? RETRIES;
  using deadline = startDeadline(target.limits.seconds, options.signal);
  const { signal } = deadline;
  let run = new RunLog(target, options.emit, session.redactor);
  let earlier: RunLog | null = null;
  let opened = false;
  const attempt = () => {
    if (earlier !== null) run = new RunLog(target, options.emit, session.redactor);
    // What is open once an attempt has begun afresh is this run's own.
    const restart = options.restart === true && !opened;
    return attemptRun(session, run, earlier, { ...options, signal, restart });
  };
  try {
    const state = await retrying(attempt, {
      policy,
      signal,
      onRetry: (failed) => {
        run.tell(toRetryEvent('run', failed));
        earlier = run;
        opened ||= run.opened;
      },
      ...(tools === undefined ? {} : { tools }),
    });
    return finish(run, state, EXIT.ok);
  } catch (thrown) {
    const error = toError(thrown, signal);
    const { code, stage, message, hint } = error;
    run.tell({ event: 'run_failed', code, stage, message, ...(hint === undefined ? {} : { hint }) });
    const exitCode = exitCodeOf(error);
    return finish(run, stateOf(exitCode, code), exitCode);
  }
}

/** @param earlier the attempt before, which may have found nobody to let its target go to */
async function attemptRun(
  session: WarehouseSession,
  run: RunLog,
  earlier: RunLog | null,
  options: RunOptions,
): Promise<RunState | 'planned' | 'nothing'> {
  const watched = watchSession(session, run, options);
  run.tell({ event: 'run_started' });
  const { redrive } = options;
  if (redrive !== undefined) run.tell({ event: 'redrive', rejected_by: redrive.runId, rows: redrive.rows });
  try {
    if (earlier !== null && earlier.control !== null) await letGo(watched, earlier, options.signal);
    const takes = options.dryRun !== true;
    await using prepared = await prepareRun(watched, run.target, { ...options, takes });
    run.plan = prepared.plan;
    run.tell({ event: 'planned', plan: summarisePlan(prepared.plan) });
    const message = renderBroken(prepared.plan.write);
    if (message !== null) run.tell({ event: 'warning', message });
    if (redrive !== undefined && prepared.profile.rows === 0) {
      run.tell({ event: 'warning', message: 'the source has none of the rejected rows any more' });
      return 'nothing';
    }
    return takes ? await carryOut(watched, run, prepared, options) : 'planned';
  } catch (thrown) {
    const error = await settle(watched, run, toError(thrown, options.signal));
    if (run.publishSeq === null) throw await recordEnd(watched, run, error);
    if (error.code === 'READERS_BEHIND') throw error;
    // Readers have the new version: what failed after that is told, and changes nothing.
    run.tell({ event: 'warning', message: `published; afterwards: ${error.message}` });
    return 'published';
  }
}

/** The session with every call of the adapter marked as this run's, and made again where that may help. */
function watchSession(session: WarehouseSession, run: RunLog, options: RunOptions): WarehouseSession {
  const annotations = {
    target: run.target.name,
    // Of the run that it turns out to go on with.
    get run_id() {
      return run.runId;
    },
  };
  const calls = watchCalls(session.adapter, annotations, options.failpoint);
  const adapter = retryCalls(calls, options.retries ?? RETRIES, (event) => run.tell(event));
  return { ...session, adapter, ledger: { ...session.ledger, adapter } };
}

/** Records a failure; a run that could not record it since another has the target has lost its lease. */
async function recordEnd(
  session: WarehouseSession,
  run: RunLog,
  failure: ScoringError,
): Promise<ScoringError> {
  const state = stateOf(exitCodeOf(failure), failure.code);
  return await recordFailure(session, run, failure, state).then(
    () => failure,
    (cause: Error) => {
      if (isScoringError(cause) && cause.code === 'LEASE_LOST') return toLost(run.target.name, failure);
      const message = `the next run closes this one, which could not be recorded or cleaned up: ${cause.message}`;
      run.tell({ event: 'warning', message });
      return failure;
    },
  );
}

function toError(thrown: unknown, signal: AbortSignal): ScoringError {
  const isStopped = signal.aborted && isScoringError(signal.reason);
  if (isStopped && isScoringError(thrown) && thrown.code === 'INTERRUPTED') return signal.reason;
  // A refusal or a lost lease stays what it is, also when somebody pressed Ctrl-C.
  if (isScoringError(thrown) && (!signal.aborted || exitCodeOf(thrown) !== EXIT.failed)) return thrown;
  if (signal.aborted) return isStopped ? signal.reason : toInterrupted('score');
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ScoringError(message, { code: 'INVARIANT', stage: 'cli', cause: thrown });
}

function stateOf(exitCode: number, code: string): RunState {
  if (exitCode === EXIT.refused) return 'refused';
  if (code === 'LIMIT_REACHED') return 'interrupted';
  if (exitCode === EXIT.interrupted) return 'interrupted';
  return exitCode === EXIT.unknown ? 'unknown' : 'failed';
}

/** Tells the last event. */
function finish(run: RunLog, state: RunState | 'planned' | 'nothing', exitCode: number): RunFinished {
  const finished: RunFinished = {
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
  run.tell(finished);
  return finished;
}
