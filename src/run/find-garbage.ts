import type { ResolvedTarget } from '../config/index.js';
import { type Relation, renderRelation } from '../contract/index.js';
import { type Ledger, ledgerRelation, queryRows, readTablesOf } from '../ledger/ledger.js';
import { readOpenRuns } from '../ledger/open-runs.js';
import { readHelperOwners } from '../ledger/owners.js';
import { readPublishes, readVersions } from '../ledger/versions.js';
import { findQuarantineKey, quarantineRelation } from '../plan/bind-rejects.js';
import { buildViewRelation } from '../plan/build.js';
import { versionRelation } from '../stage/staging.js';
import { findGarbage, type Garbage } from './garbage.js';
import { findHelpers } from './helper-tables.js';
import type { WarehouseSession } from './session.js';
import { assertSameView } from './standing.js';

/** Rejects that nobody asks for any more. */
export interface AgedRejects {
  readonly quarantine: Relation;
  readonly before: string;
  readonly kept: readonly { readonly runId: string }[];
  readonly rows: number;
}

/** What of a target may go, and what only looks like it. */
export interface TargetGarbage extends Garbage {
  readonly view: Relation;
  readonly rejects: AgedRejects | null;
  /** `schema.name` of tables named like the target's versions that the ledger does not know. */
  readonly strangers: readonly string[];
}

/** Reads what `findGarbage` needs. */
export async function findTargetGarbage(
  session: WarehouseSession,
  target: ResolvedTarget,
  keepDays: number,
  signal: AbortSignal,
): Promise<TargetGarbage> {
  const { ledger, adapter, warehouse } = session;
  const view = buildViewRelation(target, warehouse, adapter.dialect);
  await assertSameView(ledger, target.name, view, signal);
  // Tables first: what a run makes meanwhile, which the ledger does not know yet, is not looked at.
  const tables = (await readTablesOf(ledger, view, signal)).filter((name) =>
    isNamedLike(name, versionRelation(view, 0, adapter.dialect)),
  );
  const helpers = await findHelpers(ledger, signal);
  const owners = await readHelperOwners(ledger, helpers, signal);
  const versions = await readVersions(ledger, target.name, signal);
  const garbage = findGarbage({
    open: await readOpenRuns(ledger, target.name, signal),
    versions,
    publishes: await readPublishes(ledger, target.name, signal),
    helpers: helpers.filter((name) => owners.get(name) === target.name),
  });
  // A table is dropped together with its record: whatever has its name since then is somebody else's.
  const own = versions.filter(({ state }) => state !== 'dropped');
  const known = new Set(own.map(({ relation }) => relation));
  return {
    ...garbage,
    view,
    rejects: await findAged(session, view, garbage.keptRuns, keepDays, signal),
    strangers: tables.filter((name) => !known.has(name)).map((name) => renderRelation({ ...view, name })),
  };
}

/** Helper tables of no run that the ledger knows. */
export async function findOrphans(ledger: Ledger, signal: AbortSignal): Promise<readonly string[]> {
  const helpers = await findHelpers(ledger, signal);
  const owners = await readHelperOwners(ledger, helpers, signal);
  return helpers
    .filter((name) => !owners.has(name))
    .map((name) => renderRelation(ledgerRelation(ledger, name)));
}

/** @param version the name of version 0 */
function isNamedLike(name: string, version: Relation): boolean {
  const prefix = version.name.slice(0, -1);
  return name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length));
}

const DAY_MS = 24 * 3600 * 1000;

async function findAged(
  { ledger, adapter }: WarehouseSession,
  view: Relation,
  keptRuns: readonly string[],
  keepDays: number,
  signal: AbortSignal,
): Promise<AgedRejects | null> {
  const quarantine = quarantineRelation(view, adapter.dialect);
  const found = await adapter.inspect(quarantine, signal);
  if (found?.kind !== 'table' || findQuarantineKey(found.columns) === null) return null;
  // By this machine's clock, as the rejects themselves.
  const before = new Date(Date.now() - keepDays * DAY_MS).toISOString();
  const aged = { quarantine, before, kept: keptRuns.map((runId) => ({ runId })) };
  const [counted] = await queryRows(ledger, ledger.sql.render('quarantine/aged', aged), 1, signal);
  const rows = Number(counted?.row_count ?? 0);
  return rows === 0 ? null : { ...aged, rows };
}
