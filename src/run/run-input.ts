import type { ResolvedTarget } from '../config/index.js';
import type { Relation, Snapshot } from '../contract/index.js';
import { type ChunkStart, FIRST_CHUNK } from '../extract/chunks.js';
import { type Done, renderFreeze, renderFrozenQuery, type SourceQuery } from '../extract/freeze.js';
import { takeSnapshot } from '../extract/snapshot.js';
import { assertProfile, readProfile, type SourceProfile } from '../extract/source.js';
import { executeHeld } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { renderRunAppend } from '../ledger/runs.js';
import { decidePaging } from '../plan/decide-read.js';
import type { ReadPlan, ScoringPlan } from '../plan/scoring-plan.js';
import { assertRows } from './limits.js';
import type { PreparedRun } from './prepare.js';
import type { Resumed } from './resume.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { rowsRead } from './tally.js';
import { shortRunId } from './uuid.js';

/** What a run reads, and under which moment. Disposing it lets a frozen input's snapshot go. */
export interface RunInput extends AsyncDisposable {
  readonly query: SourceQuery;
  readonly read: ReadPlan;
  readonly profile: SourceProfile;
  readonly snapshot: Snapshot | null;
  /** Where its chunks begin. */
  readonly from: ChunkStart;
}

/** The source itself under the snapshot that the plan was made from, which the prepared run owns. */
export function toLiveInput({ plan, profile, snapshot }: PreparedRun): RunInput {
  const query = { sql: plan.read.sql };
  return {
    query,
    read: plan.read,
    profile,
    snapshot,
    from: FIRST_CHUNK,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Copies the input once; the copy is counted anew, since the source may have changed since the plan. */
export async function freezeInput(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<RunInput> {
  const { ledger } = session;
  const table = ledgerRelation(ledger, `in_${shortRunId(run.runId)}`);
  const logged = renderRunAppend(ledger, run.record('running', null, 'chunks'));
  // Together: a run that says that it can be resumed has an input.
  await executeHeld(ledger, run.hold, [renderFreeze(ledger.sql, plan.read, table), logged], signal);
  run.resume = 'chunks';
  run.tell({ event: 'frozen', relation: `${table.schema}.${table.name}` });
  return openFrozen(session, run.target, plan, table, { rows: 0, hi: null }, signal);
}

/** The rest of an earlier run's frozen input. */
export async function reopenInput(
  session: WarehouseSession,
  target: ResolvedTarget,
  plan: ScoringPlan,
  { run, done, chunks, hi, chunkRows }: Resumed,
  signal: AbortSignal,
): Promise<RunInput> {
  const table = ledgerRelation(session.ledger, `in_${shortRunId(run.runId)}`);
  const behind = { rows: rowsRead(plan, done), hi };
  const input = await openFrozen(session, target, plan, table, behind, signal);
  return { ...input, read: { ...input.read, chunkRows }, from: { number: chunks, lo: hi } };
}

/**
 * What of a copy lies behind so many rows. It is checked each time: a run may have died before it got that far.
 *
 * @throws EMPTY_INPUT, BAD_KEYS, LIMIT_EXCEEDED
 */
async function openFrozen(
  { ledger, adapter }: WarehouseSession,
  target: ResolvedTarget,
  plan: ScoringPlan,
  table: Relation,
  done: Done,
  signal: AbortSignal,
): Promise<RunInput> {
  const query = renderFrozenQuery(ledger.sql, plan.read, table, done, adapter.capabilities.orderedReads);
  const snapshot = await takeSnapshot(adapter, signal);
  const dispose = async () => await snapshot?.[Symbol.asyncDispose]();
  try {
    const rest = query.rest ?? query;
    const profile = await readProfile(adapter, ledger.sql, rest, plan.read.key, snapshot, signal);
    const rows = done.rows + profile.rows;
    assertProfile({ ...profile, rows }, target);
    assertRows(target.limits, rows);
    const paging = decidePaging({ ...profile, rangeable: true }, adapter.capabilities);
    const read: ReadPlan = { ...plan.read, snapshot: 'frozen', plain: true, ...paging };
    return { query, read, profile, snapshot, from: FIRST_CHUNK, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
