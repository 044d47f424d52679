import { renderRelation, type Statement } from '../contract/index.js';
import { type Control, executeHeld } from '../ledger/control.js';
import { type RunState, renderRunAppend } from '../ledger/runs.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderMerge } from '../publish/merge.js';
import { publish } from '../publish/publish.js';
import { undoRelation } from '../publish/undo.js';
import { decideKept } from './decide-kept.js';
import type { Filling } from './filling.js';
import { dropMade, letGo } from './housekeeping.js';
import { retire } from './retire.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** Publishes what passed the gate; `rows` is what readers will see. */
export async function publishRun(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  control: Control,
  filling: Filling,
  rows: number,
  signal: AbortSignal,
): Promise<RunState> {
  const { ledger } = session;
  const { view, columns, tableColumns, grants } = plan.write;
  const publication = {
    target: plan.target,
    kind: 'run',
    runId: run.runId,
    version: filling.version,
    table: filling.table,
    view,
    columns,
    // Under merge what the table has, which may be more: columns of later versions are added to it too.
    stored: filling.decision.kind === 'merge' && filling.live !== null ? filling.live.stored : tableColumns,
    rows,
    previous: filling.live?.record ?? null,
    grants,
    changes: renderChanges(session, run, plan, filling),
  } as const;
  const lastWords = [renderRunAppend(ledger, { ...run.record('published'), rowsPublished: rows })];
  const receipt = await publish(ledger, control, publication, lastWords, signal);
  run.publishSeq = receipt.publishSeq;
  run.publishedVersion = receipt.version;
  run.rowsPublished = rows;
  if (receipt.behind !== null) throw receipt.behind;
  run.tell({
    event: 'published',
    version: receipt.version,
    publish_seq: Number(receipt.publishSeq),
    relation: renderRelation(view),
  });
  await retire(session, run, plan);
  return 'published';
}

/**
 * Under merge, what happens to the live version. The staging, done with then, is not dropped here: a dump that looks at
 * it would hold up the publish.
 */
function renderChanges(
  { ledger }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { decision, table, staging }: Filling,
): readonly Statement[] {
  if (decision.kind === 'new') return [];
  const { key, tableColumns: columns } = plan.write;
  const undo = undoRelation(ledger, shortRunId(run.runId));
  const merge = { runId: run.runId, table, staging, undo, key, columns, kept: decideKept(ledger, run, plan) };
  return renderMerge(ledger, merge);
}

/** A trial of `--limit` rows: scored and checked, then dropped. */
export async function discard(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<RunState> {
  const { ledger } = session;
  await dropMade(session, run, plan.write.view, signal);
  await executeHeld(ledger, run.hold, [renderRunAppend(ledger, run.record('abandoned'))], signal);
  await letGo(session, run);
  return 'abandoned';
}
