import { type Column, renderType, ScoringError, sameColumn } from '../contract/index.js';
import type { WritePlan } from './scoring-plan.js';

/** What a run writes into. `carries`: rows of the live version that the source no longer has go into the new one. */
export type VersionDecision =
  | { readonly kind: 'new'; readonly carries: boolean }
  | { readonly kind: 'merge'; readonly version: number };

/** The version that readers see. */
export interface LiveVersion {
  readonly version: number;
  readonly contractHash: string | null;
  /** What its table holds; empty where the table is gone. */
  readonly stored: readonly Column[];
}

/**
 * Merges into the live version while that is the same model, contract and columns; else makes a new one.
 *
 * @throws PLAN_INVALID where rows are to be kept whose key, or another column, has another type
 */
export function decideVersion(
  write: Pick<WritePlan, 'strategy' | 'deletes' | 'tableColumns' | 'key'>,
  contractHash: string,
  live: LiveVersion | null,
): VersionDecision {
  if (live === null || live.stored.length === 0) return { kind: 'new', carries: false };
  const holdsAll = write.tableColumns.every((column) => holds(live.stored, column));
  if (write.strategy === 'merge' && live.contractHash === contractHash && holdsAll) {
    return { kind: 'merge', version: live.version };
  }
  const carries = write.deletes === 'keep';
  if (carries) {
    assertSameKey(write.key, live.stored);
    assertSameTypes(write.tableColumns, live.stored);
  }
  return { kind: 'new', carries };
}

function holds(stored: readonly Column[], column: Column): boolean {
  return stored.some((each) => sameColumn(column, each));
}

function assertSameKey(key: readonly Column[], stored: readonly Column[]): void {
  const other = key.find((column) => !holds(stored, column));
  if (other === undefined) return;
  throw new ScoringError(
    `write.deletes: keep: the live version has no key column "${other.name}" ${renderType(other.type)}`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { column: other.name },
      hint: 'Rows can be kept under the same key only: leave the key as it was, or say deletes: drop.',
    },
  );
}

/** A column that the live version lacks is NULL in the rows kept; one of another type would have to be made up. */
function assertSameTypes(columns: readonly Column[], stored: readonly Column[]): void {
  for (const was of stored) {
    const is = columns.find(({ name }) => name === was.name);
    if (is === undefined || sameColumn(was, is)) continue;
    throw new ScoringError(
      `write.deletes: keep: column "${was.name}" would change from ${renderType(was.type)} to ${renderType(is.type)}`,
      {
        code: 'PLAN_INVALID',
        stage: 'plan',
        details: { column: was.name },
        hint: 'Rows that are kept have values of the old type: name the new output otherwise, or say deletes: drop.',
      },
    );
  }
}
