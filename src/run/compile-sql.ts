import type { Statement } from '../contract/index.js';
import { renderFreeze } from '../extract/freeze.js';
import { renderFence } from '../ledger/control.js';
import { ledgerRelation } from '../ledger/ledger.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderPublish } from '../publish/repoint.js';
import { renderIndexes, renderStagingCreate, versionRelation } from '../stage/staging.js';
import type { WarehouseSession } from './session.js';

/** Stands where a run would have its own id. */
const RUN_ID = '00000000-0000-7000-8000-000000000000';

/**
 * The SQL of a run in its order, for reading: ids, epochs and version numbers are those of a first run after the
 * live version, and the rows themselves go by the warehouse's bulk path, which is no SQL.
 */
export function compileSql(session: WarehouseSession, plan: ScoringPlan): readonly Statement[] {
  const { ledger } = session;
  const { sql } = ledger;
  const version = (plan.liveVersion ?? 0) + 1;
  const staging = versionRelation(plan.write.view, version);
  const chunks = ledgerRelation(ledger, 'chunks');
  const { key } = plan.write;
  const frozen = ledgerRelation(ledger, 'in_000000000000');
  const control = { pointer: plan.liveVersion, publishSeq: 0n, holder: null, epoch: 1n };
  const publication = {
    target: plan.target,
    kind: 'run',
    runId: RUN_ID,
    version: {
      target: plan.target,
      version,
      relation: staging.name,
      runId: RUN_ID,
      modelSha256: plan.model.sha256,
      modelVersion: plan.model.version,
      scoredAt: '1970-01-01T00:00:00.000Z',
      contractHash: plan.contractHash,
      state: 'filling',
    },
    table: staging,
    view: plan.write.view,
    columns: plan.write.columns,
    stored: plan.write.tableColumns,
    rows: plan.expected.rows,
    previous: null,
  } as const;
  return [
    { name: 'source', sql: plan.read.sql },
    sql.render('source/profile', { query: plan.read.sql, key: plan.read.key }),
    ...(plan.read.snapshot === 'frozen' ? [renderFreeze(sql, plan.read, frozen)] : []),
    ...renderStagingCreate(sql, plan, staging),
    renderFence(ledger, plan.target, control.epoch),
    ...renderIndexes(sql, plan, staging),
    sql.render('gate/counts', { staging, chunks, runId: RUN_ID, key }),
    sql.render('gate/duplicates', { staging, key }),
    ...renderPublish(ledger, control, publication),
  ];
}
