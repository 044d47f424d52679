import { type Relation, renderRelation, ScoringError, sameColumn } from '../contract/index.js';
import { executeHeld } from '../ledger/control.js';
import { findQuarantineKey, type QuarantinePlan } from '../plan/bind-rejects.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { loadRejects, type RejectedRows, renderQuarantineCreate } from '../stage/quarantine.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';

/** Records the rejects of a chunk, by its number. */
export type Quarantine = (chunk: number, rejects: RejectedRows) => Promise<void>;

/** Records rejects in the target's quarantine table, which is made when the first come; null where none is wanted. */
export function openQuarantine(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Quarantine | null {
  const { quarantine } = plan.rejects;
  if (quarantine === null) return null;
  let made = false;
  return async (chunk, rejects) => {
    if (!made) await makeTable(session, run, quarantine, signal);
    made = true;
    const origin = { runId: run.runId, epoch: run.hold.epoch };
    await loadRejects(session.ledger, plan, quarantine, origin, chunk, rejects, signal);
  };
}

/** Makes the table; one of another key is kept under another name, with all that earlier runs recorded in it. */
async function makeTable(
  session: WarehouseSession,
  run: RunLog,
  quarantine: QuarantinePlan,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, adapter } = session;
  const { table, columns } = quarantine;
  const found = await adapter.inspect(table, signal);
  if (found?.kind === 'table' && columns.every((column, i) => sameColumn(column, found.columns[i]))) return;
  const create = renderQuarantineCreate(ledger.sql, quarantine);
  if (found === null) return executeHeld(ledger, run.hold, [create], signal);
  if (found.kind !== 'table' || findQuarantineKey(found.columns) === null) throw taken(table);
  const kept = await findFreeName(session, table, signal);
  const rename = ledger.sql.render('stage/rename_table', { table, name: kept.name });
  await executeHeld(ledger, run.hold, [rename, create], signal);
  const message = `the key has changed since rows were last rejected: the earlier ones are in ${renderRelation(kept)} now`;
  run.tell({ event: 'warning', message });
}

async function findFreeName(
  { adapter }: WarehouseSession,
  table: Relation,
  signal: AbortSignal,
): Promise<Relation> {
  for (let number = 1; ; number++) {
    const relation = { ...table, name: `${table.name}_${number}` };
    if ((await adapter.inspect(relation, signal)) === null) return relation;
  }
}

function taken(table: Relation): ScoringError {
  const relation = renderRelation(table);
  return new ScoringError(`${relation} exists and is no quarantine table of scorehouse`, {
    code: 'ENVIRONMENT',
    stage: 'stage',
    details: { relation },
    hint: 'Nothing that scorehouse did not make is replaced: rename it, or say errors: { quarantine: false }.',
  });
}
