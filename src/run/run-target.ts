import { hostname } from 'node:os';
import type { ResolvedTarget } from '../config/index.js';
import { EXIT, exitCodeOf, isScoringError, type Query, ScoringError, type Snapshot, toInterrupted } from '../contract/index.js';
import { renderFreeze, renderFrozenQuery } from '../extract/freeze.js';
import { assertProfile, readProfile, type SourceProfile } from '../extract/source.js';
import { assertGate, runGate } from '../gate/gate.js';
import { takeControl } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { migrateLedger } from '../ledger/migrate.js';
import { type RunState, renderRunAppend, renderTargetAppend } from '../ledger/runs.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import type { Emit, RunFinished } from '../observe/events.js';
import { decidePaging } from '../plan/decide-read.js';
import type { ReadPlan, ScoringPlan } from '../plan/scoring-plan.js';
import { publish } from '../publish/repoint.js';
import { renderIndexes, renderStagingCreate, renderStagingDrop, versionRelation } from '../stage/staging.js';
import { recordFailure, renderLetGo, retire, takeOver } from './housekeeping.js';
import { runPipeline } from './pipeline.js';
import { type PreparedRun, prepareRun } from './prepare.js';
import { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { summarisePlan } from './summary.js';
import { shortRunId } from './uuid.js';

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Name and version of the program, for the ledger. */
  readonly program: string;
  /** Plan only: writes nothing. */
  readonly dryRun?: boolean;
  /** Scores only so many rows, and never publishes. */
  readonly limit?: number;
}

/** Runs one target from source to published view. Never throws: the outcome tells, as the last event does. */
export async function runTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: RunOptions,
): Promise<RunFinished> {
  const run = new RunLog(target, options.emit);
  run.tell({ event: 'run_started' });
  let state: RunState = 'published';
  let exitCode: number = EXIT.ok;
  try {
    await using prepared = await prepareRun(session, target, options.signal, options.limit);
    run.plan = prepared.plan;
    run.tell({ event: 'planned', plan: summarisePlan(prepared.plan) });
    state = options.dryRun === true ? 'abandoned' : await carryOut(session, run, prepared, options);
  } catch (thrown) {
    const error = toError(thrown, options.signal);
    exitCode = exitCodeOf(error);
    state = stateOf(exitCode);
    const { code, stage, message, hint } = error;
    await recordFailure(session, run, error, state).catch((cause: Error) => {
      run.tell({ event: 'run_failed', code: 'WAREHOUSE', stage: 'ledger', message: `the failure could not be recorded: ${cause.message}` });
    });
    run.tell({ event: 'run_failed', code, stage, message, ...(hint === undefined ? {} : { hint }) });
  }
  const finished = toFinished(run, state, exitCode);
  run.tell(finished);
  return finished;
}

/** The order of a run. Each step hands readonly values to the next; none calls an earlier one. */
async function carryOut(
  session: WarehouseSession,
  run: RunLog,
  prepared: PreparedRun,
  options: RunOptions,
): Promise<RunState> {
  const { plan, scorer } = prepared;
  const { ledger, adapter } = session;
  const { signal } = options;
  const atomic = adapter.capabilities.atomicScope === 'ddl+dml';

  await migrateLedger(ledger, options.program, signal);
  run.control = await takeControl(ledger, plan.target, `${hostname()}:${process.pid}`, signal);
  const versions = await takeOver(session, run, plan, signal);
  run.snapshotId = `${plan.read.snapshot}: ${prepared.snapshot.id}`;
  await adapter.execute([renderRunAppend(ledger, run.record('running'))], { atomic, signal });
  assertProfile(prepared.profile, run.target);

  const input = plan.read.snapshot === 'frozen' ? await freeze(session, run, plan, signal) : toLiveInput(prepared);
  await using _held = input.release;
  run.rowsRead = input.profile.rows;

  const number = Math.max(0, ...versions.map(({ version }) => version)) + 1;
  const staging = versionRelation(plan.write.view, number);
  const version: VersionRecord = {
    target: plan.target,
    version: number,
    relation: staging.name,
    runId: run.runId,
    modelSha256: plan.model.sha256,
    modelVersion: plan.model.version,
    contractHash: plan.contractHash,
    state: 'filling',
  };
  const filling = [renderVersionAppend(ledger, version), ...renderStagingCreate(ledger.sql, plan, staging)];
  const ready = scorer.prepare(plan.scoring);
  await Promise.all([adapter.execute(filling, { atomic, signal }), ready]);
  Object.assign(run, { version, staging });

  const origin = {
    runId: run.runId,
    modelVersion: plan.model.version,
    scoredAt: BigInt(Date.now()) * 1000n,
    epoch: run.control.epoch,
  };
  const loadStart = performance.now();
  run.rowsScored = await runPipeline({
    session,
    plan,
    query: input.query,
    read: input.read,
    rows: input.profile.rows,
    snapshot: input.snapshot,
    scorer,
    staging,
    origin,
    signal,
    onLoaded: (chunks, rows) => tellLoaded(run, chunks, rows, (performance.now() - loadStart) / 1000),
  });
  const staged = [...renderIndexes(ledger.sql, plan, staging), renderRunAppend(ledger, run.record('staged'))];
  await adapter.execute(staged, { atomic, signal });
  run.tell({ event: 'staged', rows: run.rowsScored, relation: `${staging.schema}.${staging.name}` });

  const gate = { ledger, plan: { ...plan, read: input.read }, runId: run.runId, staging, sourceRows: input.profile.rows, signal };
  const checks = await runGate(gate);
  run.tell({ event: 'gate', checks });
  assertGate(checks);

  if (options.limit !== undefined) return discard(session, run, atomic, signal);
  return publishRun(session, run, plan, versions, signal);
}

async function publishRun(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<RunState> {
  const { ledger } = session;
  const { control, version, staging } = run;
  if (control === null || version === null || staging === null) return 'failed';
  run.rowsPublished = run.rowsScored;
  const relation = `${plan.write.view.schema}.${plan.write.view.name}`;
  const publication = {
    target: plan.target,
    kind: 'run',
    runId: run.runId,
    version,
    table: staging,
    view: plan.write.view,
    columns: plan.write.columns,
    stored: plan.write.tableColumns,
    rows: run.rowsPublished,
    previous: versions.find((record) => record.version === control.pointer) ?? null,
  } as const;
  const lastWords = [
    renderRunAppend(ledger, run.record('published')),
    renderTargetAppend(ledger, run.target, relation),
    ...renderLetGo(session, run),
  ];
  const receipt = await publish(ledger, control, publication, lastWords, signal);
  run.publishSeq = receipt.publishSeq;
  run.tell({ event: 'published', version: receipt.version, publish_seq: Number(receipt.publishSeq), relation });
  await retire(session, run, plan, signal);
  return 'published';
}

/** A trial of `--limit` rows: scored and checked, then dropped. */
async function discard(session: WarehouseSession, run: RunLog, atomic: boolean, signal: AbortSignal): Promise<RunState> {
  const { ledger, adapter } = session;
  if (run.version === null || run.staging === null) return 'failed';
  const statements = [
    renderStagingDrop(ledger.sql, run.staging),
    renderVersionAppend(ledger, { ...run.version, state: 'dropped' }),
    renderRunAppend(ledger, run.record('abandoned')),
    ...renderLetGo(session, run),
  ];
  await adapter.execute(statements, { atomic, signal });
  return 'abandoned';
}

/** What is read, and under which moment. */
interface RunInput {
  readonly query: Query;
  readonly read: ReadPlan;
  readonly profile: SourceProfile;
  readonly snapshot: Snapshot;
  readonly release: AsyncDisposable;
}

function toLiveInput({ plan, profile, snapshot }: PreparedRun): RunInput {
  return { query: { sql: plan.read.sql }, read: plan.read, profile, snapshot, release: { [Symbol.asyncDispose]: async () => undefined } };
}

/** Copies the input once; the copy is counted anew, since the source may have changed since the plan. */
async function freeze(session: WarehouseSession, run: RunLog, plan: ScoringPlan, signal: AbortSignal): Promise<RunInput> {
  const { ledger, adapter } = session;
  const table = ledgerRelation(ledger, `in_${shortRunId(run.runId)}`);
  await adapter.execute([renderFreeze(ledger.sql, plan.read, table)], { atomic: false, signal });
  run.frozen = table;
  run.tell({ event: 'frozen', relation: `${table.schema}.${table.name}` });
  const query = renderFrozenQuery(ledger.sql, plan.read, table);
  const snapshot = await adapter.snapshot(signal);
  try {
    const profile = await readProfile(adapter, ledger.sql, query, plan.read.key, snapshot, signal);
    assertProfile(profile, run.target);
    const read = { ...plan.read, ...decidePaging(profile.rows, profile.ascending, adapter.capabilities) };
    return { query, read, profile, snapshot, release: snapshot };
  } catch (error) {
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
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

function toError(thrown: unknown, signal: AbortSignal): ScoringError {
  if (signal.aborted) return toInterrupted('score');
  if (isScoringError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ScoringError(message, { code: 'INVARIANT', stage: 'cli', cause: thrown });
}

function stateOf(exitCode: number): RunState {
  if (exitCode === EXIT.refused) return 'refused';
  if (exitCode === EXIT.interrupted) return 'interrupted';
  return exitCode === EXIT.unknown ? 'unknown' : 'failed';
}

function toFinished(run: RunLog, state: RunState, exitCode: number): RunFinished {
  const published = run.publishSeq !== null;
  return {
    event: 'run_finished',
    state,
    exit_code: exitCode,
    version: published ? (run.version?.version ?? null) : null,
    publish_seq: run.publishSeq === null ? null : Number(run.publishSeq),
    rows_read: run.rowsRead,
    rows_published: run.rowsPublished,
    rows_rejected: 0,
    seconds: run.seconds,
  };
}
