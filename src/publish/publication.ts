import {
  type Column,
  type Relation,
  type RelationInfo,
  renderRelation,
  ScoringError,
  type Statement,
} from '../contract/index.js';
import type { PublishKind, VersionRecord } from '../ledger/versions.js';

/** What is to become live. */
export interface Publication {
  readonly target: string;
  readonly kind: PublishKind;
  /** The run whose work readers will see; null where it is not known. */
  readonly runId: string | null;
  readonly version: VersionRecord;
  readonly table: Relation;
  readonly view: Relation;
  /** The view's columns, and those that the version's table holds. */
  readonly columns: readonly Column[];
  readonly stored: readonly Column[];
  readonly rows: number | null;
  /** The version that is live now. */
  readonly previous: VersionRecord | null;
  /** Roles that may read the view. */
  readonly grants: readonly string[];
  /** Statements that change the version itself: a merge, or its undoing. */
  readonly changes: readonly Statement[];
}

/** What a publish did. */
export interface PublishReceipt {
  readonly version: number;
  readonly publishSeq: bigint;
  /** Why readers do not see it yet; null where they do. */
  readonly behind: ScoringError | null;
}

/** How readers come to see the pointer's version; `locks` where that changes what they hold. */
export interface ReadersFollow {
  readonly readersFollow: readonly Statement[];
  readonly locks: boolean;
}

/** The mark by which scorehouse knows its own views. */
export function renderStamp(target: string, facts: string): string {
  return `scorehouse target=${target} ${facts}`;
}

/** True for a comment that `renderStamp` wrote for the target. */
function isStampOf(stamp: string | null, target: string): boolean {
  return stamp?.startsWith(`scorehouse target=${target} `) ?? false;
}

/** @throws ENVIRONMENT where something that scorehouse did not make stands in the view's place */
export function assertOurs(found: RelationInfo | null, view: Relation, target: string): void {
  if (found === null || (found.kind === 'view' && isStampOf(found.stamp, target))) return;
  const relation = renderRelation(view);
  throw new ScoringError(`${relation} exists and is not scorehouse's view of ${target}`, {
    code: 'ENVIRONMENT',
    stage: 'plan',
    details: { relation, kind: found.kind },
    hint: 'Nothing that scorehouse did not make is replaced: rename it, or name another write.table.',
  });
}
