import type { Query, Snapshot } from '../contract/index.js';
import { renderFreeze, renderFrozenQuery } from '../extract/freeze.js';
import { assertProfile, readProfile, type SourceProfile } from '../extract/source.js';
import { executeHeld } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { decidePaging } from '../plan/decide-read.js';
import type { ReadPlan, ScoringPlan } from '../plan/scoring-plan.js';
import type { PreparedRun } from './prepare.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** What a run reads, and under which moment. Disposing it lets a frozen input's snapshot go. */
export interface RunInput extends AsyncDisposable {
  readonly query: Query;
  readonly read: ReadPlan;
  readonly profile: SourceProfile;
  readonly snapshot: Snapshot;
}

/** The source itself under the snapshot that the plan was made from, which the prepared run owns. */
export function toLiveInput({ plan, profile, snapshot }: PreparedRun): RunInput {
  const query = { sql: plan.read.sql };
  return { query, read: plan.read, profile, snapshot, [Symbol.asyncDispose]: async () => undefined };
}

/** Copies the input once; the copy is counted anew, since the source may have changed since the plan. */
export async function freezeInput(
  { ledger, adapter }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<RunInput> {
  const table = ledgerRelation(ledger, `in_${shortRunId(run.runId)}`);
  await executeHeld(ledger, run.hold, [renderFreeze(ledger.sql, plan.read, table)], signal);
  run.tell({ event: 'frozen', relation: `${table.schema}.${table.name}` });
  const query = renderFrozenQuery(ledger.sql, plan.read, table);
  const snapshot = await adapter.snapshot(signal);
  try {
    const profile = await readProfile(adapter, ledger.sql, query, plan.read.key, snapshot, signal);
    assertProfile(profile, run.target);
    const read = {
      ...plan.read,
      plain: true,
      ...decidePaging({ ...profile, rangeable: true }, adapter.capabilities),
    };
    return { query, read, profile, snapshot, [Symbol.asyncDispose]: () => snapshot[Symbol.asyncDispose]() };
  } catch (error) {
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
}
