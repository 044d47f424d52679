import type { Relation, Statement } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';

/**
 * Versions to drop after a publish: what failed, and the oldest beyond `keepVersions`. Never the live one, nor the
 * one that a rollback would reach.
 */
export function chooseDropped(
  versions: readonly VersionRecord[],
  live: number,
  rollbackTo: number | null,
  keepVersions: number,
): readonly VersionRecord[] {
  const kept = versions
    .filter(({ version, state }) => version !== live && state === 'kept')
    .sort((a, b) => b.version - a.version);
  const room = Math.max(keepVersions - 1, 0);
  const surplus = kept.filter(({ version }, i) => i >= room && version !== rollbackTo);
  return [...versions.filter(({ state }) => state === 'failed'), ...surplus];
}

/** Drops version tables and says so in the ledger. */
export function renderDrops(
  ledger: Ledger,
  view: Relation,
  versions: readonly VersionRecord[],
): readonly Statement[] {
  return versions.flatMap((record) => [
    ledger.sql.render('stage/drop_table', { table: { ...view, name: record.relation } }),
    renderVersionAppend(ledger, { ...record, state: 'dropped' }),
  ]);
}
