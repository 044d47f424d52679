import { hostname } from 'node:os';
import type { ResolvedTarget } from '../config/index.js';
import { ScoringError } from '../contract/index.js';
import { renderRelease, takeControl } from '../ledger/control.js';
import { migrateLedger, readLedgerNumber } from '../ledger/migrate.js';
import { readPublishes, readVersions, type VersionRecord } from '../ledger/versions.js';
import { buildViewRelation } from '../plan/build.js';
import { assertColumnChange } from '../plan/check-write.js';
import { buildViewOfTable } from '../plan/output-columns.js';
import { assertOurs, type PublishReceipt, publish } from '../publish/repoint.js';
import type { WarehouseSession } from './session.js';

export interface RepointRequest {
  readonly kind: 'promote' | 'rollback';
  /** Null rolls back to the previous publish. */
  readonly version: number | null;
}

/**
 * Makes a kept version live, under a new publish_seq.
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
  const { ledger, adapter, warehouse } = session;
  if ((await readLedgerNumber(ledger, signal)) === null) throw invalid(`${target.name} has no versions yet`);
  await migrateLedger(ledger, program, signal);
  const versions = await readVersions(ledger, target.name, signal);
  const live = versions.find(({ state }) => state === 'live') ?? null;
  const wanted = request.version ?? (await previousVersion(session, target.name, versions, signal));
  const version = versions.find((record) => record.version === wanted);
  assertKept(version, wanted, target.name, versions);
  const view = buildViewRelation(target, warehouse, adapter.dialect);
  const table = { ...view, name: version.relation };
  const found = await adapter.inspect(table, signal);
  if (found === null) throw invalid(`the table ${version.relation} of version ${version.version} is gone`);
  const columns = buildViewOfTable(found.columns);
  const seen = await adapter.inspect(view, signal);
  assertOurs(seen, view, target.name);
  assertColumnChange(seen?.columns ?? null, columns, target.write.onColumnChange);
  const control = await takeControl(ledger, target.name, `${hostname()}:${process.pid}`, signal);
  const publication = {
    target: target.name,
    kind: request.kind,
    runId: version.runId,
    version,
    table,
    view,
    columns,
    stored: found.columns,
    rows: found.rows ?? null,
    previous: live,
  } as const;
  return publish(ledger, control, publication, [renderRelease(ledger, target.name, control.epoch)], signal);
}

/** The version of the newest publish that is still kept. */
async function previousVersion(
  { ledger }: WarehouseSession,
  target: string,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<number> {
  const kept = new Set(versions.filter(({ state }) => state === 'kept').map(({ version }) => version));
  const publishes = await readPublishes(ledger, target, 1000, signal);
  const previous = publishes.map((row) => Number(row.version)).find((version) => kept.has(version));
  if (previous === undefined) throw invalid(`${target} has no earlier publish to go back to`);
  return previous;
}

function assertKept(
  version: VersionRecord | undefined,
  wanted: number,
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
