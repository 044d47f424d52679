import type { Relation } from '../contract/index.js';

/** A run's rejected keys, as the quarantine table has them. */
export interface RejectedKeys {
  readonly quarantine: Relation;
  readonly chunks: Relation;
  readonly runId: string;
}

/**
 * Which rows of the live version stay that a run has not staged. `rejected`: those that it rejected; `gone`: those that
 * its source no longer has, and not the rejected ones.
 */
export type Kept =
  | { readonly kind: 'none' | 'all' }
  | { readonly kind: 'rejected' | 'gone'; readonly rejects: RejectedKeys };

/** The same as templates take it: which rows of the live version they may look at, null for all of them. */
export interface AmongRejects extends RejectedKeys {
  /** True for rows that are not rejected. */
  readonly others: boolean;
}

/** The live rows that stay, among those that are not staged. */
export function amongRejects(kept: Kept): AmongRejects | null {
  return 'rejects' in kept ? { ...kept.rejects, others: kept.kind === 'gone' } : null;
}

/** The live rows that change or go, beside those that are staged. */
export function amongOthers(kept: Kept): AmongRejects | null {
  return 'rejects' in kept ? { ...kept.rejects, others: kept.kind === 'rejected' } : null;
}
