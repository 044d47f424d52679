import type { Statement } from '../contract/index.js';
import { renderFreeze } from '../extract/freeze.js';
import { renderAnswers } from '../gate/answer.js';
import { renderFence } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import { planSchema } from '../ledger/schema.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderMerge } from '../publish/merge.js';
import { renderPublish } from '../publish/publish.js';
import {
  renderAnalyze,
  renderIndexes,
  renderOriginDefaults,
  renderStagingCreate,
  renderVersionCreate,
  versionRelation,
} from '../stage/staging.js';
import { decideKept } from './decide-kept.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** Stands where a run would have its own id. */
const RUN_ID = '00000000-0000-7000-8000-000000000000';

/** And the time of its scores. */
const SCORED_AT = '1970-01-01T00:00:00.000Z';

/**
 * The SQL of a run in its order, for reading: ids, epochs and version numbers are those of a first run after the
 * live version, and the rows themselves go by the warehouse's bulk path, which is no SQL.
 */
export async function compileSql(
  session: WarehouseSession,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const { ledger } = session;
  const { sql } = ledger;
  const { view, key } = plan.write;
  const merges = plan.version.kind === 'merge';
  const number = plan.version.kind === 'merge' ? plan.version.version : (plan.liveVersion ?? 0) + 1;
  const table = versionRelation(view, number, ledger.sql.dialect);
  const staging = merges ? ledgerRelation(ledger, `s_${shortRunId(RUN_ID)}`) : table;
  const chunks = ledgerRelation(ledger, 'chunks');
  const frozen = ledgerRelation(ledger, `in_${shortRunId(RUN_ID)}`);
  const control = { pointer: plan.liveVersion, publishSeq: 0n, holder: null, epoch: 1n, held: true };
  return [
    { name: 'source', sql: plan.read.sql },
    sql.render('source/profile', { query: plan.read.sql, key: plan.read.key }),
    ...(plan.read.snapshot === 'frozen' ? [renderFreeze(sql, plan.read, frozen)] : []),
    ...(await planSchema(ledger, staging, signal)),
    ...renderCreate(session, plan, staging, number),
    renderFence(ledger, plan.target, control.epoch),
    ...(merges ? renderAnalyze(sql, staging) : renderIndexes(sql, plan, staging)),
    sql.render('gate/counts', { staging, chunks, runId: RUN_ID, key }),
    sql.render('gate/duplicates', { staging, key }),
    ...renderAnswers(sql, plan, staging),
    ...(await renderPublish(ledger, control, toPublication(session, plan, number), signal)),
  ];
}

function renderCreate(
  { ledger, adapter }: WarehouseSession,
  plan: ScoringPlan,
  staging: ReturnType<typeof versionRelation>,
  number: number,
): readonly Statement[] {
  const { repoint, columnDefaults } = adapter.capabilities;
  const origin = { runId: RUN_ID, modelVersion: plan.model.version, scoredAt: SCORED_AT };
  return [
    repoint === 'partitions' && plan.version.kind === 'new'
      ? renderVersionCreate(ledger.sql, plan, staging, number)
      : renderStagingCreate(ledger.sql, plan, staging),
    ...(columnDefaults ? [renderOriginDefaults(ledger.sql, plan, staging, origin)] : []),
  ];
}

function toPublication({ ledger }: WarehouseSession, plan: ScoringPlan, number: number) {
  const { view, columns, tableColumns, grants, key } = plan.write;
  const table = versionRelation(view, number, ledger.sql.dialect);
  const helper = (name: string) => ledgerRelation(ledger, `${name}_${shortRunId(RUN_ID)}`);
  const kept = decideKept(ledger, { runId: RUN_ID, rowsRejected: 0 }, plan);
  const merge = { runId: RUN_ID, table, key, columns: tableColumns, kept };
  return {
    target: plan.target,
    kind: 'run',
    runId: RUN_ID,
    version: {
      target: plan.target,
      version: number,
      relation: table.name,
      runId: RUN_ID,
      modelSha256: plan.model.sha256,
      modelVersion: plan.model.version,
      scoredAt: SCORED_AT,
      contractHash: plan.contractHash,
      state: 'filling',
    },
    table,
    view,
    columns,
    stored: tableColumns,
    rows: plan.expected.rows,
    previous: null,
    grants,
    changes:
      plan.version.kind === 'merge'
        ? renderMerge(ledger, { ...merge, staging: helper('s'), undo: helper('undo') })
        : [],
  } as const;
}
