import { canTrace, isScoringError, type Relation, type Statement } from '../contract/index.js';
import { executeHeld, type Hold } from '../ledger/control.js';
import { executeTogether, type Ledger, ledgerRelation } from '../ledger/ledger.js';
import { renderVersionAppend, type VersionRecord } from '../ledger/versions.js';
import { parentRelation, readPartitions } from './partitions.js';

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

/**
 * Drops versions so that no reader loses what it reads. Those that a run may still make live are marked first, while
 * it holds the target, so that nobody promotes them meanwhile.
 *
 * @throws LEASE_LOST where another run has the target by now
 */
export async function dropVersions(
  ledger: Ledger,
  view: Relation,
  versions: readonly VersionRecord[],
  publishes: readonly PublishedVersion[],
  hold: Hold,
  signal: AbortSignal,
): Promise<Dropped> {
  const [dropped, waiting]: [number[], number[]] = [[], []];
  const needed: Dropped['needed'][number][] = [];
  const parent = await openParent(ledger, view, signal);
  for (const record of versions) {
    const { version } = record;
    const table = { ...view, name: record.relation };
    const by = await readDependents(ledger, view, table, signal);
    if (by.length > 0) {
      needed.push({ version, by });
      continue;
    }
    // Promote and rollback refuse it from here on.
    const dropping = renderVersionAppend(ledger, { ...record, state: 'dropping' });
    if (record.state !== 'dropping') await executeHeld(ledger, hold, [dropping], signal);
    const left = parent === null || (await leave(ledger, parent, record, publishes, signal));
    if (left && (await dropTable(ledger, record, table, signal))) dropped.push(version);
    else waiting.push(version);
  }
  return { dropped, waiting, needed };
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

async function dropTable(
  ledger: Ledger,
  record: VersionRecord,
  table: Relation,
  signal: AbortSignal,
): Promise<boolean> {
  const statements = [
    ledger.sql.render('stage/drop_table', { table }),
    renderVersionAppend(ledger, { ...record, state: 'dropped' }),
  ];
  return withinWait(() => executeTogether(ledger, statements, signal, { lockWaitMs: LOCK_WAIT_MS }));
}

/** A parent whose partitions are leaving it, one at a time. */
interface Parent {
  readonly relation: Relation;
  readonly partitions: ReadonlySet<string>;
  /** True while one has begun to leave and readers keep it from ending: then no other can begin. */
  blocked: boolean;
}

/** The versions' parent, where they have one; what an earlier command began to detach is finished first. */
async function openParent(ledger: Ledger, view: Relation, signal: AbortSignal): Promise<Parent | null> {
  if (ledger.adapter.capabilities.repoint !== 'partitions') return null;
  const relation = parentRelation(view);
  const found = await readPartitions(ledger, relation, signal);
  const left = new Set<string>();
  for (const { name } of found.filter(({ pending }) => pending)) {
    const finalize = ledger.sql.render('publish/detach_finalize', {
      parent: relation,
      table: { ...view, name },
    });
    if (await detach(ledger, finalize, signal)) left.add(name);
  }
  const partitions = new Set(found.map(({ name }) => name).filter((name) => !left.has(name)));
  return { relation, partitions, blocked: found.some(({ name, pending }) => pending && !left.has(name)) };
}

/** Detaches the version from its parent, unless a reader's snapshot may still see it; true when it is out. */
async function leave(
  ledger: Ledger,
  parent: Parent,
  { target, version, relation }: VersionRecord,
  publishes: readonly PublishedVersion[],
  signal: AbortSignal,
): Promise<boolean> {
  if (!parent.partitions.has(relation)) return true;
  if (parent.blocked) return false;
  if (await hasOldReaders(ledger, target, retiredBy(version, publishes), signal)) return false;
  const table = { ...parent.relation, name: relation };
  const statement = ledger.sql.render('publish/detach_concurrently', { parent: parent.relation, table });
  const left = await detach(ledger, statement, signal);
  parent.blocked = !left;
  return left;
}

function detach({ adapter }: Ledger, statement: Statement, signal: AbortSignal): Promise<boolean> {
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
export async function withinWait(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isScoringError(error) && error.code === 'TIMEOUT') return false;
    throw error;
  }
}
