import type { ResolvedTarget } from '../config/index.js';
import { type Column, type Relation, renderRelation, ScoringError } from '../contract/index.js';
import { takeSnapshot } from '../extract/snapshot.js';
import { renderHash } from '../hash/text.js';
import { assertNotNewer, readLedgerNumber } from '../ledger/migrate.js';
import { readPublishedRun, readVersions, type VersionRecord } from '../ledger/versions.js';
import { buildViewRelation } from '../plan/build.js';
import { findHashed } from '../plan/output-columns.js';
import { hashRelation } from './hash-relation.js';
import type { WarehouseSession } from './session.js';
import { assertStanding, readStanding } from './standing.js';

/** Rows and hashes of a version's table. */
export interface TableFacts {
  readonly rows: number;
  readonly key_hash: string;
  readonly value_hash: string;
}

/** A version's table beside what the run that published it recorded. */
export interface VerifyReport {
  readonly target: string;
  readonly version: number;
  readonly table: string;
  readonly run_id: string;
  readonly recorded: TableFacts;
  readonly found: TableFacts;
  readonly differs: readonly (keyof TableFacts)[];
}

/**
 * Counts and hashes a version's table.
 *
 * @param number the version; the live one where null
 * @throws PLAN_INVALID where there is no such version, or nothing recorded to compare it with; VERIFY_MISMATCH where
 *   its table is gone; ENVIRONMENT where readers do not see it though it is live
 */
export async function verifyTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  number: number | null,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const { ledger, adapter, warehouse } = session;
  const version = await findVersion(session, target.name, number, signal);
  const table = { ...buildViewRelation(target, warehouse, adapter.dialect), name: version.relation };
  await using snapshot = await takeSnapshot(adapter, signal);
  const run = await readPublishedRun(ledger, target.name, version.version, snapshot, signal);
  const { keyHash = null, valueHash = null } = run ?? {};
  if (run === null || keyHash === null || valueHash === null) throw nothingRecorded(version);
  const columns = findHashed(await readColumns(session, table, version, signal));
  const hashed = { key: findKey(columns, target, version), values: columns };
  const { rows, keys, values } = await hashRelation(session, table, hashed, { snapshot, signal });
  const recorded = { rows: run.rows, key_hash: keyHash, value_hash: valueHash };
  const found = { rows, key_hash: renderHash(keys), value_hash: renderHash(values) };
  if (version.state === 'live') assertStanding(target.name, await readStanding(session, target, signal));
  return {
    target: target.name,
    version: version.version,
    table: renderRelation(table),
    run_id: run.runId,
    recorded,
    found,
    differs: (['rows', 'key_hash', 'value_hash'] as const).filter((name) => recorded[name] !== found[name]),
  };
}

/** @throws VERIFY_MISMATCH unless the table is what was published */
export function assertVerified(report: VerifyReport): void {
  const { table, version, run_id, recorded, found, differs } = report;
  if (differs.length === 0) return;
  const what = differs.includes('rows')
    ? `it has ${found.rows} rows instead of ${recorded.rows}`
    : differs.includes('key_hash')
      ? 'keys were changed'
      : 'values were changed, its keys were not';
  throw new ScoringError(`${table} (version ${version}) is not what run ${run_id} published: ${what}`, {
    code: 'VERIFY_MISMATCH',
    stage: 'publish',
    details: { ...report },
    hint: 'Somebody wrote to the table. Publish it anew with scorehouse run, or go back to another version with scorehouse rollback.',
  });
}

async function findVersion(
  { ledger }: WarehouseSession,
  target: string,
  number: number | null,
  signal: AbortSignal,
): Promise<VersionRecord> {
  const migration = await readLedgerNumber(ledger, signal);
  assertNotNewer(migration);
  const versions = migration === null ? [] : await readVersions(ledger, target, signal);
  const held = versions.filter(({ state }) => state === 'live' || state === 'kept');
  const version = held.find((record) =>
    number === null ? record.state === 'live' : record.version === number,
  );
  if (version !== undefined) return version;
  throw invalid(
    number === null ? `${target} has no live version` : `${target} has no version ${number} to verify`,
    `Versions that can be verified: ${held.map((record) => record.version).join(', ') || 'none'}.`,
  );
}

function nothingRecorded({ target, version }: VersionRecord): ScoringError {
  return invalid(
    `version ${version} of ${target} was published before runs recorded hashes: there is nothing to compare it with`,
    'The next run records them.',
  );
}

async function readColumns(
  { adapter }: WarehouseSession,
  table: Relation,
  { version }: VersionRecord,
  signal: AbortSignal,
): Promise<readonly Column[]> {
  const found = await adapter.inspect(table, signal);
  if (found !== null) return found.columns;
  throw new ScoringError(`${renderRelation(table)}, the table of version ${version}, is gone`, {
    code: 'VERIFY_MISMATCH',
    stage: 'publish',
    hint: 'Publish it anew with scorehouse run, or go back to another version with scorehouse rollback.',
  });
}

/** The key's columns come first, under the names that the target gives them but for their case. */
function findKey(
  columns: readonly Column[],
  target: ResolvedTarget,
  { version }: VersionRecord,
): readonly Column[] {
  const key = columns.slice(0, target.key.length);
  const names = key.map(({ name }) => name.toLowerCase());
  if (target.key.every((name, i) => name.toLowerCase() === names[i])) return key;
  throw invalid(
    `version ${version} of ${target.name} has another key than the target: (${names.join(', ')})`,
    'Its key hash cannot be compared. The next run publishes a version with the key that the target has now.',
  );
}

function invalid(message: string, hint: string): ScoringError {
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'publish', hint });
}
