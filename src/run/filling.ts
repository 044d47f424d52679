import {
  type Column,
  type Dialect,
  type Relation,
  renderRelation,
  type Statement,
} from '../contract/index.js';
import { renderFence } from '../ledger/control.js';
import { executeTogether, ledgerRelation } from '../ledger/ledger.js';
import { planSchema } from '../ledger/schema.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import { decideVersion, type VersionDecision } from '../plan/decide-version.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderEarlyAttach } from '../publish/partitions.js';
import {
  renderOriginDefaults,
  renderStagingCreate,
  renderVersionCreate,
  versionRelation,
} from '../stage/staging.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';
import { shortRunId } from './uuid.js';

/** The version that readers see now, and what its table holds. */
export interface LiveTable {
  readonly record: VersionRecord;
  readonly relation: Relation;
  readonly stored: readonly Column[];
}

/** What a run fills, and what was there before. */
export interface Filling {
  readonly decision: VersionDecision;
  /** What readers are to see: a new version, or the live one under merge. */
  readonly version: VersionRecord;
  /** Its table. */
  readonly table: Relation;
  /** Where this run's rows go: the new version's own table, or one beside the live one. */
  readonly staging: Relation;
  readonly live: LiveTable | null;
}

/** Decides what to fill, now that nobody else can publish, and makes the staging relation. */
export async function makeStaging(
  session: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  pointer: number | null,
  earlier: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<Filling> {
  const { ledger } = session;
  const live = await readLiveTable(session, plan.write.view, pointer, earlier, signal);
  const decision = decideVersion(
    plan.write,
    plan.contractHash,
    live === null ? null : { ...live.record, ...live },
  );
  const merged = decision.kind === 'merge' ? live : null;
  const filling =
    merged === null
      ? { decision, live, ...toNew(session.adapter.dialect, run, plan, earlier) }
      : { decision, live, ...toMerged(session, run.runId, merged) };
  // The fence comes first: what another run has made since must not look like a mistake of this one.
  const fence = renderFence(ledger, plan.target, run.hold.epoch);
  await executeTogether(ledger, [fence, ...(await renderMake(session, run, plan, filling, signal))], signal);
  // Only now: a table of that name that was there before is not this run's to clean up.
  run.version = merged === null ? filling.version : null;
  return filling;
}

/** The live version's table; null before the first publish. */
export async function readLiveTable(
  { adapter }: Pick<WarehouseSession, 'adapter'>,
  view: Relation,
  pointer: number | null,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<LiveTable | null> {
  const record = versions.find(({ version }) => version === pointer);
  if (record === undefined) return null;
  const relation = { ...view, name: record.relation };
  const found = await adapter.inspect(relation, signal);
  return { record, relation, stored: found?.columns ?? [] };
}

/** The number that a new version gets, and its table. */
export function nextVersion(
  view: Relation,
  versions: readonly VersionRecord[],
  dialect: Dialect,
): { readonly number: number; readonly table: Relation } {
  const number = Math.max(0, ...versions.map((record) => record.version)) + 1;
  return { number, table: versionRelation(view, number, dialect) };
}

function toNew(
  dialect: Dialect,
  run: RunLog,
  plan: ScoringPlan,
  earlier: readonly VersionRecord[],
): Pick<Filling, 'version' | 'table' | 'staging'> {
  const { number, table } = nextVersion(plan.write.view, earlier, dialect);
  const version: VersionRecord = {
    target: plan.target,
    version: number,
    relation: table.name,
    runId: run.runId,
    modelSha256: plan.model.sha256,
    modelVersion: plan.model.version,
    scoredAt: run.scoredAt,
    contractHash: plan.contractHash,
    state: 'filling',
  };
  return toFilled(plan.write.view, version);
}

/** A new version, whose own table is the staging relation. */
export function toFilled(
  view: Relation,
  version: VersionRecord,
): Pick<Filling, 'version' | 'table' | 'staging'> {
  const table = { ...view, name: version.relation };
  return { version, table, staging: table };
}

/** The live version, with a staging relation beside it. */
export function toMerged(
  { ledger }: Pick<WarehouseSession, 'ledger'>,
  runId: string,
  { record, relation }: LiveTable,
): Pick<Filling, 'version' | 'table' | 'staging'> {
  return {
    version: record,
    table: relation,
    staging: ledgerRelation(ledger, `s_${shortRunId(runId)}`),
  };
}

async function renderMake(
  { ledger, adapter }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  { decision, version, staging }: Filling,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const schema = await planSchema(ledger, staging, signal);
  const origin = { runId: run.runId, modelVersion: plan.model.version, scoredAt: run.scoredAt };
  const defaults = adapter.capabilities.columnDefaults
    ? [renderOriginDefaults(ledger.sql, plan, staging, origin)]
    : [];
  if (decision.kind === 'merge') {
    return [...schema, renderStagingCreate(ledger.sql, plan, staging), ...defaults];
  }
  const logged = renderVersionAppend(ledger, version);
  const { view, tableColumns } = plan.write;
  if (adapter.capabilities.repoint !== 'partitions') {
    return [logged, ...schema, renderStagingCreate(ledger.sql, plan, staging)];
  }
  return [
    logged,
    ...schema,
    renderVersionCreate(ledger.sql, plan, staging, version.version),
    ...defaults,
    ...(await renderEarlyAttach(ledger, view, staging, version.version, tableColumns, signal)),
  ];
}

/** The staging relation as people are told of it. */
export function renderStaging({ staging }: Filling): string {
  return renderRelation(staging);
}
