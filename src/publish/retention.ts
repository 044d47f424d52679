import { canTrace, isScoringError, type Relation, type Statement } from '../contract/index.js';
import { executeTogether, type Ledger, ledgerRelation } from '../ledger/ledger.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import { type Partition, parentRelation, readPartitions } from './partitions.js';

/** How long the end of a version waits for locks; what is not ended then is left to the next command. */
const LOCK_WAIT_MS = 1000;

/** One publish, as retention needs to know it. */
export interface PublishedVersion {
  readonly publishSeq: bigint;
  readonly version: number;
}

/**
 * Versions to drop after a publish: what failed or was being dropped, and the oldest beyond `keepVersions`. Never the
 * live one, nor the one that a rollback would reach.
 */
export function chooseDropped(
  versions: readonly VersionRecord[],
  live: number,
  rollbackTo: number | null,
  keepVersions: number,
): readonly VersionRecord[] {
  const others = versions.filter(({ version }) => version !== live);
  const kept = others.filter(({ state }) => state === 'kept').sort((a, b) => b.version - a.version);
  const room = Math.max(keepVersions - 1, 0);
  const surplus = kept.filter(({ version }, i) => i >= room && version !== rollbackTo);
  return [...others.filter(({ state }) => state === 'failed' || state === 'dropping'), ...surplus];
}

/** What became of the versions that were to be dropped. */
export interface Dropped {
  readonly dropped: readonly number[];
  /** Versions that readers still hold; the next command drops them. */
  readonly waiting: readonly number[];
  /** Versions that something else in the warehouse is made from: they stay. */
  readonly needed: readonly { readonly version: number; readonly by: readonly string[] }[];
}

/** Drops versions so that no reader loses what it reads. */
export async function dropVersions(
  ledger: Ledger,
  view: Relation,
  versions: readonly VersionRecord[],
  publishes: readonly PublishedVersion[],
  signal: AbortSignal,
): Promise<Dropped> {
  const result = {
    dropped: [] as number[],
    waiting: [] as number[],
    needed: [] as Dropped['needed'][number][],
  };
  for (const record of versions) {
    const table = { ...view, name: record.relation };
    const by = await readDependents(ledger, view, table, signal);
    if (by.length > 0) result.needed.push({ version: record.version, by });
    else if (await dropVersion(ledger, view, record, retiredBy(record.version, publishes), signal)) {
      result.dropped.push(record.version);
    } else result.waiting.push(record.version);
  }
  return result;
}

/** The first publish after the version's last one: from then on no new reader sees it. */
export function retiredBy(version: number, publishes: readonly PublishedVersion[]): bigint | null {
  const ascending = publishes.toSorted((a, b) => Number(a.publishSeq - b.publishSeq));
  const last = ascending.findLastIndex((publish) => publish.version === version);
  return last < 0 ? null : (ascending[last + 1]?.publishSeq ?? null);
}

async function readDependents(
  { adapter }: Ledger,
  view: Relation,
  table: Relation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!canTrace(adapter)) return [];
  const own = `${view.schema}.${view.name}`;
  return (await adapter.dependents(table, signal)).filter((name) => name !== own);
}

async function dropVersion(
  ledger: Ledger,
  view: Relation,
  record: VersionRecord,
  retired: bigint | null,
  signal: AbortSignal,
): Promise<boolean> {
  const { adapter, sql } = ledger;
  if (adapter.capabilities.repoint === 'partitions') {
    // Promote and rollback refuse it from here on.
    const dropping = renderVersionAppend(ledger, { ...record, state: 'dropping' });
    if (record.state !== 'dropping') await executeTogether(ledger, [dropping], signal);
    if (!(await leaveParent(ledger, view, record, retired, signal))) return false;
  }
  const statements = [
    sql.render('stage/drop_table', { table: { ...view, name: record.relation } }),
    renderVersionAppend(ledger, { ...record, state: 'dropped' }),
  ];
  return withinWait(() => executeTogether(ledger, statements, signal, { lockWaitMs: LOCK_WAIT_MS }));
}

/** Detaches the version from its parent, unless a reader's snapshot may still see it; true when it is out. */
async function leaveParent(
  ledger: Ledger,
  view: Relation,
  record: VersionRecord,
  retired: bigint | null,
  signal: AbortSignal,
): Promise<boolean> {
  const parent = parentRelation(view);
  const partitions = await readPartitions(ledger, parent, signal);
  const own = partitions.find(({ name }) => name === record.relation);
  const unfinished = partitions.filter((partition) => partition.pending && partition !== own);
  // A parent takes one detaching at a time.
  for (const partition of unfinished) {
    if (!(await detach(ledger, view, partition, signal))) return false;
  }
  if (own === undefined) return true;
  if (!own.pending && (await hasOldReaders(ledger, record.target, retired, signal))) return false;
  return detach(ledger, view, own, signal);
}

async function detach(
  { adapter, sql }: Ledger,
  view: Relation,
  { name, pending }: Partition,
  signal: AbortSignal,
): Promise<boolean> {
  const context = { parent: parentRelation(view), table: { ...view, name } };
  const statement: Statement = pending
    ? sql.render('publish/detach_finalize', context)
    : sql.render('publish/detach_concurrently', context);
  return withinWait(() => adapter.execute([statement], { atomic: false, lockWaitMs: LOCK_WAIT_MS, signal }));
}

/** True while a transaction is open whose snapshot is older than the publish that retired the version. */
async function hasOldReaders(
  ledger: Ledger,
  target: string,
  publishSeq: bigint | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (publishSeq === null) return false;
  const publishes = ledgerRelation(ledger, 'publishes');
  const statement = ledger.sql.render('publish/old_readers', { publishes, target, publishSeq });
  const { rows } = await ledger.adapter.query(statement, { maxRows: 1, stage: 'publish', signal });
  return Number(rows[0]?.[0] ?? 0) > 0;
}

/** False where a lock could not be had in time. */
async function withinWait(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isScoringError(error) && error.code === 'TIMEOUT') return false;
    throw error;
  }
}
