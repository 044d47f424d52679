import { hostname } from 'node:os';
import { type Relation, renderRelation } from '../contract/index.js';
import { assertProfile, isSound } from '../extract/source.js';
import { assertGate, runGate } from '../gate/gate.js';
import { type Control, takeControl } from '../ledger/control.js';
import { executeTogether } from '../ledger/ledger.js';
import { migrateLedger } from '../ledger/migrate.js';
import { type RunState, renderRunAppend, renderTargetAppend } from '../ledger/runs.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { publish } from '../publish/repoint.js';
import { renderIndexes, renderStagingCreate, renderStagingDrop, versionRelation } from '../stage/staging.js';
import { renderLetGo, retire, takeOver } from './housekeeping.js';
import { loadScored } from './load-scored.js';
import type { PreparedRun } from './prepare.js';
import { freezeInput, type RunInput, toLiveInput } from './run-input.js';
import type { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import { type ScoredStream, startScoring } from './score-ahead.js';
import type { WarehouseSession } from './session.js';

/** The version that a run fills, and who it is in the ledger. */
interface Filling {
  readonly version: VersionRecord;
  readonly staging: Relation;
  readonly control: Control;
  /** All versions before this one. */
  readonly earlier: readonly VersionRecord[];
}

/** The order of a run. Each step hands readonly values to the next; none calls an earlier one. */
export async function carryOut(
  session: WarehouseSession,
  run: RunLog,
  prepared: PreparedRun,
  options: RunOptions,
): Promise<RunState> {
  const { plan, scorer } = prepared;
  const { signal } = options;
  const ready = scorer.prepare(plan.scoring);
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

  run.rowsRead = prepared.profile.rows;
  const sound = isSound(prepared.profile, run.target);
  await using early = sound && plan.read.snapshot === 'live' ? start(toLiveInput(prepared)) : null;
  const { control, versions } = await takeTarget(session, run, prepared, options);
  assertProfile(prepared.profile, run.target);
  await using input = early === null ? await freezeInput(session, run, plan, signal) : toLiveInput(prepared);
  await using late = early === null ? start(input) : null;
  run.rowsRead = input.profile.rows;

  const filling = await makeStaging(session, run, plan, control, versions, signal);
  await load(session, run, plan, filling, (early ?? late) as ScoredStream, signal);
  await check(session, run, { ...plan, read: input.read }, filling, signal);
  if (options.limit !== undefined) return discard(session, run, filling, signal);
  return publishRun(session, run, plan, filling, signal);
}

/** Brings up the ledger, takes the target's control row, closes what dead runs left, and logs the run. */
async function takeTarget(
  session: WarehouseSession,
  run: RunLog,
  prepared: PreparedRun,
  options: RunOptions,
) {
  const { ledger } = session;
  const { plan, snapshot } = prepared;
  const { signal } = options;
  await migrateLedger(ledger, options.program, signal);
  const control = await takeControl(ledger, plan.target, `${hostname()}:${process.pid}`, signal);
  run.control = control;
  const versions = await takeOver(session, run, plan, signal);
  run.snapshotId = `${plan.read.snapshot}: ${snapshot.id}`;
  const { view } = plan.write;
  const statements = [
    renderRunAppend(ledger, run.record('running')),
    renderTargetAppend(ledger, run.target, renderRelation(view)),
  ];
  await executeTogether(ledger, statements, signal);
  return { control, versions };
}

/** The staging relation, which becomes the next version. */
async function makeStaging(
  { ledger }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  control: Control,
  earlier: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<Filling> {
  const number = Math.max(0, ...earlier.map((record) => record.version)) + 1;
  const staging = versionRelation(plan.write.view, number);
  const version: VersionRecord = {
    target: plan.target,
    version: number,
    relation: staging.name,
    runId: run.runId,
    modelSha256: plan.model.sha256,
    modelVersion: plan.model.version,
    scoredAt: new Date().toISOString(),
    contractHash: plan.contractHash,
    state: 'filling',
  };
  const statements = [
    renderVersionAppend(ledger, version),
    ...renderStagingCreate(ledger.sql, plan, staging),
  ];
  await executeTogether(ledger, statements, signal);
  run.version = version;
  run.staging = staging;
  return { version, staging, control, earlier };
}

async function load(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { version, staging, control }: Filling,
  stream: ScoredStream,
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = session;
  const origin = {
    runId: run.runId,
    modelVersion: plan.model.version,
    scoredAt: version.scoredAt ?? '',
    epoch: control.epoch,
  };
  const start = performance.now();
  const onLoaded = (chunks: number, rows: number) =>
    tellLoaded(run, chunks, rows, (performance.now() - start) / 1000);
  run.rowsScored = await loadScored(stream, { ledger, plan, staging, origin, signal, onLoaded });
  const statements = [
    ...renderIndexes(ledger.sql, plan, staging),
    renderRunAppend(ledger, run.record('staged')),
  ];
  await executeTogether(ledger, statements, signal);
  run.tell({ event: 'staged', rows: run.rowsScored, relation: `${staging.schema}.${staging.name}` });
}

async function check(
  { ledger }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { staging }: Filling,
  signal: AbortSignal,
): Promise<void> {
  const checks = await runGate({ ledger, plan, runId: run.runId, staging, sourceRows: run.rowsRead, signal });
  run.tell({ event: 'gate', checks });
  assertGate(checks);
}

async function publishRun(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { version, staging, control, earlier }: Filling,
  signal: AbortSignal,
): Promise<RunState> {
  const { ledger } = session;
  const { view, columns, tableColumns } = plan.write;
  const publication = {
    target: plan.target,
    kind: 'run',
    runId: run.runId,
    version,
    table: staging,
    view,
    columns,
    stored: tableColumns,
    rows: run.rowsScored,
    previous: earlier.find((record) => record.version === control.pointer) ?? null,
  } as const;
  const relation = renderRelation(view);
  const lastWords = [
    renderRunAppend(ledger, { ...run.record('published'), rowsPublished: run.rowsScored }),
    ...renderLetGo(session, run),
  ];
  const receipt = await publish(ledger, control, publication, lastWords, signal);
  run.publishSeq = receipt.publishSeq;
  run.rowsPublished = run.rowsScored;
  run.tell({
    event: 'published',
    version: receipt.version,
    publish_seq: Number(receipt.publishSeq),
    relation,
  });
  await retire(session, run, plan);
  return 'published';
}

/** A trial of `--limit` rows: scored and checked, then dropped. */
async function discard(
  session: WarehouseSession,
  run: RunLog,
  { version, staging }: Filling,
  signal: AbortSignal,
): Promise<RunState> {
  const { ledger } = session;
  const statements = [
    renderStagingDrop(ledger.sql, staging),
    renderVersionAppend(ledger, { ...version, state: 'dropped' }),
    renderRunAppend(ledger, run.record('abandoned')),
    ...renderLetGo(session, run),
  ];
  await executeTogether(ledger, statements, signal);
  return 'abandoned';
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
