import { isScoringError, renderRelation, type WarehouseAdapter } from '../../contract/index.js';
import { assertPointed } from '../../ledger/control.js';
import type { Ledger } from '../../ledger/ledger.js';
import { LEDGER_NUMBER, readLedgerState } from '../../ledger/migrate.js';
import { renderMissingGrants } from '../../publish/readers.js';
import { auditMigration, auditOwnership } from './audit-ownership.js';
import { auditRights } from './audit-rights.js';
import { type Finding, good, lack, toFinding } from './finding.js';
import { buildPlaces, readSources, type Scope, type SourcePlaces, viewOf } from './places.js';
import { buildRights } from './rights.js';
import { readSessionFacts, type SessionFacts } from './rows.js';

/**
 * Finds what targets lack in the warehouse, each with the statement that gives it. Reads catalogs and the ledger, and
 * writes nothing. Where the warehouse has no roles, only the ledger is looked at.
 */
export async function auditWarehouse(
  scope: Scope,
  adapter: WarehouseAdapter,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const hasRoles = ledger.sql.has('audit/session');
  const facts = hasRoles ? await readSessionFacts(ledger, signal) : null;
  const rights = facts === null ? [] : await auditRoles(scope, adapter, ledger, facts, signal);
  try {
    return [...rights, ...(await auditLedger(scope, ledger, facts?.user ?? null, signal))];
  } catch (error) {
    if (!isScoringError(error) || error.code !== 'PERMISSION') throw error;
    // Why it may not be looked at has mostly been found already.
    return rights.every(({ ok }) => ok) ? [...rights, toFinding('ledger', error)] : rights;
  }
}

async function auditRoles(
  scope: Scope,
  adapter: WarehouseAdapter,
  ledger: Ledger,
  facts: SessionFacts,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const sources = await readSources(scope, adapter, signal);
  const places = buildPlaces(scope, sources);
  const lacks = [
    ...auditSession(facts),
    ...(await auditRights(ledger, facts, buildRights(places), signal)),
    ...(await auditOwnership(scope, ledger, facts.user, signal)),
  ];
  // Who lacks a right is not told by the server whether all else is well.
  const closed = lacks.some(({ check }) => check === 'rights');
  const further = closed
    ? []
    : [...(await auditReaders(scope, ledger, signal)), ...(await trySources(sources, adapter, signal))];
  const all = [...lacks, ...further];
  const server = good('server', `${adapter.kind} ${facts.version}, as ${facts.user}`);
  if (all.length > 0) return [server, ...all];
  return [
    server,
    ...scope.targets.map((target) => good('rights', describeTarget(scope, sources, target.name))),
  ];
}

function describeTarget(scope: Scope, sources: readonly SourcePlaces[], name: string): string {
  const source = sources.find(({ target }) => target.name === name);
  const read = source?.relations?.map(renderRelation).join(', ') ?? 'its source';
  const written = source === undefined ? '' : renderRelation(viewOf(scope, source.target));
  return `${name}: may read ${read === '' ? 'its source' : read} and publish ${written}`;
}

function auditSession({ replica, readsOnly, user }: SessionFacts): readonly Finding[] {
  if (replica) {
    return [lack('server', 'a read-only replica: runs need the primary', 'Connect to the primary.')];
  }
  if (!readsOnly) return [];
  const what = `sessions of ${user} only read (default_transaction_read_only)`;
  return [lack('server', what, 'Connect with a role that may write, or have the setting reset for it.')];
}

/** Describes each source: the warehouse's own word on whether it may be read, also column by column. */
async function trySources(
  sources: readonly SourcePlaces[],
  adapter: WarehouseAdapter,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { target, query } of sources) {
    try {
      await adapter.describe(query, signal);
    } catch (error) {
      if (!isScoringError(error) || signal.aborted) throw error;
      found.push(toFinding('source', error, target.name));
    }
  }
  return found;
}

/** Readers that targets list: do they exist, and may they be let in? */
async function auditReaders(scope: Scope, ledger: Ledger, signal: AbortSignal): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const target of scope.targets) {
    try {
      await renderMissingGrants(ledger, viewOf(scope, target), target.write.grants?.select ?? [], signal);
    } catch (error) {
      if (!isScoringError(error) || signal.aborted) throw error;
      found.push(toFinding('readers', error, target.name));
    }
  }
  return found;
}

/** Is the ledger what its migrations made, and does each target's pointer stand? */
async function auditLedger(
  scope: Scope,
  ledger: Ledger,
  user: string | null,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { number, damage } = await readLedgerState(ledger, signal);
  const repair = 'Bring it back from a backup: nothing is made anew over what a ledger records.';
  if (damage.length > 0) return damage.map((what) => lack('ledger', what, repair));
  if (number === null) return [good('ledger', 'none yet: the first run makes it')];
  if (number > LEDGER_NUMBER) {
    const what = `at migration ${number}, this program knows ${LEDGER_NUMBER}`;
    return [lack('ledger', what, 'A newer scorehouse has used this warehouse: upgrade this one.')];
  }
  const older = number < LEDGER_NUMBER;
  const next = older ? '; the next run brings it there' : '';
  const found = [
    good('ledger', `at migration ${number} of ${LEDGER_NUMBER}${next}`),
    ...(older && user !== null ? await auditMigration(ledger, user, signal) : []),
  ];
  for (const { name } of scope.targets) {
    try {
      await assertPointed(ledger, name, signal);
    } catch (error) {
      if (!isScoringError(error) || error.code !== 'LEDGER_DAMAGED') throw error;
      found.push(toFinding('ledger', error, name));
    }
  }
  return found;
}
