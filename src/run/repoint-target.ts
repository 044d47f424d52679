import type { ResolvedTarget } from '../config/index.js';
import { type Column, type Relation, ScoringError, type Statement } from '../contract/index.js';
import { renderRelease } from '../ledger/control.js';
import { readTables } from '../ledger/ledger.js';
import { migrateLedger, readLedgerNumber } from '../ledger/migrate.js';
import { type PublishRecord, readPublishes, readVersions, type VersionRecord } from '../ledger/versions.js';
import { buildViewRelation } from '../plan/build.js';
import { assertColumnChange, findBroken } from '../plan/check-write.js';
import { findColumn } from '../plan/find-column.js';
import { buildViewOfTable, withoutVersion } from '../plan/output-columns.js';
import type { PublishReceipt } from '../publish/publication.js';
import { publish } from '../publish/publish.js';
import { redoRelation, renderRedo, renderUndo, undoRelation } from '../publish/undo.js';
import { findStep, type Step } from './find-step.js';
import { explainLoss, takeLease } from './lease.js';
import { readDependents } from './prepare.js';
import type { WarehouseSession } from './session.js';
import { assertStanding, readStanding } from './standing.js';
import { newRunId, shortRunId } from './uuid.js';

/** How long the end of a hold may take when something else has failed. */
const LET_GO_MS = 8000;

export interface RepointRequest {
  readonly kind: 'promote' | 'rollback';
  /** Null rolls back to the previous publish. */
  readonly version: number | null;
}

/**
 * Makes a kept version live, or takes the last merge back, under a new publish_seq.
 *
 * @throws PLAN_INVALID where there is no such version, or its columns are not those that readers use
 */
export async function repointTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  request: RepointRequest,
  program: string,
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const { ledger } = session;
  if ((await readLedgerNumber(ledger, signal)) === null) throw invalid(`${target.name} has no versions yet`);
  await migrateLedger(ledger, program, signal);
  await findVersion(session, target, request, signal);
  await using lease = await takeLease(ledger, target.name, newRunId(), signal);
  const { control } = lease;
  const release = renderRelease(ledger, target.name, control.epoch);
  try {
    // Looked up once more: from here on nobody else can publish.
    const found = await findVersion(session, target, request, signal);
    const publication = {
      target: target.name,
      kind: request.kind,
      grants: target.write.grants?.select ?? [],
      ...found,
      changes: renderStep(session, target, found),
    } as const;
    const held = AbortSignal.any([signal, lease.signal]);
    const receipt = await publish(ledger, control, publication, [], held);
    if (receipt.behind !== null) throw receipt.behind;
    return receipt;
  } catch (error) {
    const letGo = { atomic: false, signal: AbortSignal.timeout(LET_GO_MS) };
    await ledger.adapter.execute([release], letGo).catch(() => undefined);
    throw await explainLoss(ledger, target.name, lease, error);
  }
}

interface Found {
  readonly version: VersionRecord;
  readonly previous: VersionRecord | null;
  readonly table: Relation;
  readonly view: Relation;
  readonly columns: readonly Column[];
  readonly stored: readonly Column[];
  readonly rows: number | null;
  readonly runId: string | null;
  readonly step: Step;
}

/** What is to become live, checked against what readers use. */
async function findVersion(
  session: WarehouseSession,
  target: ResolvedTarget,
  request: RepointRequest,
  signal: AbortSignal,
): Promise<Found> {
  const { ledger, adapter, warehouse } = session;
  const versions = await readVersions(ledger, target.name, signal);
  const publishes = await readPublishes(ledger, target.name, signal);
  const previous = versions.find(({ state }) => state === 'live') ?? null;
  const step =
    request.version === null ? await findStepBack(session, target, versions, publishes, signal) : null;
  const wanted = step?.version ?? request.version;
  const version = versions.find((record) => record.version === wanted);
  assertKept(version, wanted, target.name, versions);
  const view = buildViewRelation(target, warehouse, adapter.dialect);
  const table = { ...view, name: version.relation };
  const found = await adapter.inspect(table, signal);
  if (found === null) throw invalid(`the table ${version.relation} of version ${version.version} is gone`);
  const columns = buildViewOfTable(found.columns, adapter.dialect);
  const live = await readStanding(session, target, signal);
  assertStanding(target.name, live);
  const seen = live?.found ?? null;
  assertColumnChange(seen?.columns ?? null, columns, target.write.onColumnChange);
  const dependents = seen === null ? [] : await readDependents(adapter, target, view, signal);
  findBroken(seen?.columns ?? null, columns, dependents, adapter.capabilities.repoint);
  const last = publishes.find((publish) => publish.version === wanted) ?? null;
  const shown = step ?? {
    kind: 'pointer',
    version: version.version,
    runId: last?.runId ?? version.runId,
    rows: last?.rows ?? null,
  };
  const { rows, runId } = shown;
  return { version, previous, table, view, columns, stored: found.columns, rows, runId, step: shown };
}

async function findStepBack(
  { ledger }: WarehouseSession,
  target: ResolvedTarget,
  versions: readonly VersionRecord[],
  publishes: readonly PublishRecord[],
  signal: AbortSignal,
): Promise<Step> {
  const helpers = new Set(await readTables(ledger, signal));
  const kept = versions.filter(({ state }) => state === 'kept').map(({ version }) => version);
  const step = findStep(publishes, new Set(kept), helpers);
  if (step === null) throw invalid(`${target.name} has no earlier publish to go back to`);
  return step;
}

/** What a step changes in the version itself; nothing where only the pointer moves. */
function renderStep(
  { ledger }: WarehouseSession,
  target: ResolvedTarget,
  { step, table, stored }: Found,
): readonly Statement[] {
  if (step.kind === 'pointer') return [];
  const columns = withoutVersion(stored);
  const key = target.key.map((name) => findColumn(stored, name, 'key'));
  const merge = { runId: step.merged, table, columns, key };
  const [undo, redo] = [
    undoRelation(ledger, shortRunId(step.merged)),
    redoRelation(ledger, shortRunId(step.merged)),
  ];
  return step.kind === 'undo' ? renderUndo(ledger, merge, undo, redo) : renderRedo(ledger, merge, undo, redo);
}

function assertKept(
  version: VersionRecord | undefined,
  wanted: number | null,
  target: string,
  versions: readonly VersionRecord[],
): asserts version is VersionRecord {
  if (version !== undefined && (version.state === 'kept' || version.state === 'live')) return;
  const kept = versions
    .filter(({ state }) => state === 'kept' || state === 'live')
    .map((record) => record.version);
  const why = version === undefined ? 'there is none' : `it is ${version.state}`;
  throw invalid(
    `version ${wanted} of ${target} cannot become live: ${why}`,
    `Versions that can: ${kept.join(', ') || 'none'}.`,
  );
}

function invalid(message: string, hint = 'scorehouse versions <target> lists what there is.'): ScoringError {
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'publish', hint });
}
