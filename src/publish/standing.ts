import {
  type Column,
  canTrace,
  type Relation,
  type RelationInfo,
  renderRelation,
  type Statement,
} from '../contract/index.js';
import { controlRelation } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import type { VersionRecord } from '../ledger/versions.js';
import { parentRelation, readPartitions, renderPartitionsFollow, renderPointerStamp } from './partitions.js';
import type { Publication } from './publication.js';
import { renderVersionStamp, renderViewReplace } from './view.js';

/** What readers are to have, as the ledger says. */
export interface Standing {
  readonly target: string;
  readonly view: Relation;
  readonly version: VersionRecord;
  readonly table: Relation;
  /** What the version's table holds. */
  readonly stored: readonly Column[];
  readonly publishSeq: bigint;
}

/**
 * What readers have in place of that, in words; null where all is as it should be.
 *
 * @param found the view, which is known to be scorehouse's where it is there
 */
export async function findDifference(
  ledger: Ledger,
  standing: Standing,
  found: RelationInfo | null,
  signal: AbortSignal,
): Promise<string | null> {
  const { target, view, version, publishSeq } = standing;
  if (found === null) return `${renderRelation(view)} is missing`;
  if (ledger.adapter.capabilities.repoint === 'partitions') {
    return findPartitionDifference(ledger, standing, found, signal);
  }
  if (found.stamp === renderVersionStamp(target, version.version, publishSeq)) return null;
  return `${renderRelation(view)} shows another version`;
}

/** Whoever replaces a view's text there leaves its mark as it was: so it is asked what the view reads. */
async function findPartitionDifference(
  ledger: Ledger,
  { target, view, table }: Standing,
  found: RelationInfo,
  signal: AbortSignal,
): Promise<string | null> {
  const parent = parentRelation(view);
  const attached = (await readPartitions(ledger, parent, signal)).find(({ name }) => name === table.name);
  if (attached === undefined || attached.pending) {
    return `${renderRelation(table)} is no partition of ${renderRelation(parent)}`;
  }
  const follows = found.stamp === renderPointerStamp(ledger, { target });
  const reads = await Promise.all(
    [parent, controlRelation(ledger, target)].map((read) => isRead(ledger, read, view, signal)),
  );
  if (follows && reads.every(Boolean)) return null;
  return `${renderRelation(view)} does not read the version that the ledger's pointer names`;
}

async function isRead(
  { adapter }: Ledger,
  relation: Relation,
  view: Relation,
  signal: AbortSignal,
): Promise<boolean> {
  if (!canTrace(adapter)) return true;
  return (await adapter.dependents(relation, signal)).includes(`${view.schema}.${view.name}`);
}

/** Statements that give readers the publication which is live already: no new publish. */
export async function renderStandingAgain(
  ledger: Ledger,
  publication: Publication,
  publishSeq: bigint,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  if (ledger.adapter.capabilities.repoint !== 'partitions') {
    return renderViewReplace(ledger, publication, publishSeq);
  }
  return (await renderPartitionsFollow(ledger, publication, signal, true)).readersFollow;
}
