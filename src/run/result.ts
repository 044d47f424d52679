import type { Relation } from '../contract/index.js';
import { addHashes } from '../hash/row-hasher.js';
import { executeHeld } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { findHashed } from '../plan/output-columns.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderCarryForward } from '../publish/carry.js';
import type { Kept } from '../publish/kept.js';
import { renderResultView } from '../publish/merge.js';
import { decideKept } from './decide-kept.js';
import type { Filling } from './filling.js';
import { hashRelation } from './hash-relation.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** How long the end of a result's view may take, in milliseconds. */
const DROP_MS = 8000;

/** The table as it would be after publishing. */
export interface Result {
  readonly relation: Relation;
  readonly rows: number;
}

/** True where the staged rows are all that the table will hold. */
export function stagesAll(kept: Kept, { decision }: Filling): boolean {
  return kept.kind === 'none' || (decision.kind === 'new' && !decision.carries);
}

/**
 * Makes the result while readers still see what they saw: a new version gets the kept rows of the live one; a merge
 * that keeps rows is shown by a view until it is published.
 */
export async function withResult<T>(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  filling: Filling,
  signal: AbortSignal,
  work: (result: Result) => Promise<T>,
): Promise<T> {
  const { ledger } = session;
  const { decision, staging, table } = filling;
  const kept = decideKept(ledger, run, plan);
  if (stagesAll(kept, filling)) return work({ relation: staging, rows: run.rowsStaged });
  if (decision.kind === 'new') {
    await carry(session, run, plan, filling, kept, signal);
    return work(await measure(session, run, plan, table, signal));
  }
  const view = ledgerRelation(ledger, `r_${shortRunId(run.runId)}`);
  const { key, tableColumns: columns } = plan.write;
  const shown = renderResultView(ledger, view, { table, staging, key, columns, kept });
  await executeHeld(ledger, run.hold, [shown], signal);
  try {
    return await work(await measure(session, run, plan, view, signal));
  } finally {
    // By a signal of its own. Where it cannot be dropped, the end of the run's helpers does so; why work failed counts.
    const drop = ledger.sql.render('stage/drop_view', { view });
    await executeHeld(ledger, run.hold, [drop], AbortSignal.timeout(DROP_MS)).catch(() => undefined);
  }
}

async function carry(
  { ledger }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { live, table }: Filling,
  kept: Kept,
  signal: AbortSignal,
): Promise<void> {
  if (live === null) return;
  const { tableColumns, key } = plan.write;
  const source = { version: live.record, live: live.relation, stored: live.stored };
  const carried = renderCarryForward(ledger, source, table, tableColumns, key, kept);
  await executeHeld(ledger, run.hold, [carried], signal);
}

/** Rows of the result, and what is recorded of it: the hashes of this run's rows and of those that it keeps, added. */
async function measure(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  relation: Relation,
  signal: AbortSignal,
): Promise<Result> {
  const hashed = { key: plan.write.key, values: findHashed(plan.write.tableColumns) };
  const kept = await hashRelation(session, relation, hashed, { exceptRun: run.runId, signal });
  if (run.hashes !== null) run.hashes = addHashes(run.hashes, kept);
  return { relation, rows: run.rowsStaged + kept.rows };
}
