import { renderRelation, type Statement } from '../contract/index.js';
import { executeHeld } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { renderRunAppend, renderTargetAppend } from '../ledger/runs.js';
import { readVersions, type VersionRecord } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { takeOver } from './housekeeping.js';
import type { PreparedRun } from './prepare.js';
import { type FoundRuns, findRuns, type Resumed } from './resume.js';
import type { RunLog } from './run-log.js';
import type { RunOptions } from './run-options.js';
import type { WarehouseSession } from './session.js';
import { rowsRead } from './tally.js';

/** A run that has its target. */
export interface OpenedRun {
  /** The earlier run that it goes on with. */
  readonly resumed: Resumed | null;
  /** What there was when it began. */
  readonly versions: readonly VersionRecord[];
}

const NOTHING: FoundRuns = { resumed: null, closed: [] };

/** Looks at what earlier runs left, closes what nobody goes on with, and logs this run. */
export async function openRun(
  session: WarehouseSession,
  run: RunLog,
  { plan, snapshot }: PreparedRun,
  { signal, restart = false, limit }: RunOptions,
): Promise<OpenedRun> {
  const { ledger } = session;
  const versions = await readVersions(ledger, plan.target, signal);
  const pointer = run.control?.pointer ?? null;
  // A trial publishes nothing: it goes on with nothing, and leaves what others left.
  const isTrial = limit !== undefined;
  const found = isTrial ? NOTHING : await findRuns(session, plan, pointer, versions, restart, signal);
  if (!isTrial) await takeOver(session, run, plan, found, versions, signal);
  const { resumed } = found;
  run.snapshotId = snapshot === null ? plan.read.snapshot : `${plan.read.snapshot}: ${snapshot.id}`;
  if (resumed !== null) resume(run, plan, resumed);
  const statements = [
    renderRunAppend(ledger, run.record('running')),
    renderTargetAppend(ledger, run.target, renderRelation(plan.write.view)),
    ...(resumed === null ? [] : await renderQuarantineTidy(session, run, plan, signal)),
  ];
  await executeHeld(ledger, run.hold, statements, signal);
  run.opened = true;
  return { resumed, versions };
}

/** Rejects of a chunk that did not come after them: it is scored again, and they with it. */
async function renderQuarantineTidy(
  { adapter, ledger }: WarehouseSession,
  { runId }: RunLog,
  { rejects }: ScoringPlan,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const table = rejects.quarantine?.table;
  if (table === undefined || (await adapter.inspect(table, signal)) === null) return [];
  const chunks = ledgerRelation(ledger, 'chunks');
  return [ledger.sql.render('quarantine/remove_unledgered', { table, chunks, runId })];
}

function resume(run: RunLog, plan: PreparedRun['plan'], resumed: Resumed): void {
  const { run: earlier, from, chunks, done, chunkRows, filling } = resumed;
  run.adopt(earlier);
  if (filling?.decision.kind === 'new') run.version = filling.version;
  run.tell({
    event: 'resumed',
    from,
    chunks,
    rows: rowsRead(plan, done),
    idle_seconds: Math.round(earlier.idleSeconds),
    ...(chunkRows < plan.read.chunkRows ? { chunk_rows: chunkRows } : {}),
  });
}
