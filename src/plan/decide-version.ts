import { type Column, renderType, ScoringError, sameColumn } from '../contract/index.js';
import { isOrigin } from './output-columns.js';
import type { WritePlan } from './scoring-plan.js';

/**
 * What a run writes into. `carries`: rows of the live version may go into the new one, those that the source no longer
 * has or those that are rejected.
 */
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
 * @throws PLAN_INVALID where rows are to be kept whose key, or another column, has another type, or where somebody has
 *   altered the live table
 */
export function decideVersion(
  write: Pick<WritePlan, 'strategy' | 'deletes' | 'rejectedRows' | 'tableColumns' | 'key' | 'onColumnChange'>,
  contractHash: string,
  live: LiveVersion | null,
): VersionDecision {
  if (live === null || live.stored.length === 0) return { kind: 'new', carries: false };
  if (live.contractHash === contractHash && write.onColumnChange === 'refuse') {
    assertUnaltered(write.tableColumns, live);
  }
  const holdsAll = write.tableColumns.every((column) => holds(live.stored, column));
  if (write.strategy === 'merge' && live.contractHash === contractHash && holdsAll) {
    return { kind: 'merge', version: live.version };
  }
  if (write.deletes === 'keep') assertKeeping(write, live.stored, DELETES_KEEP);
  else if (write.rejectedRows === 'keep_previous') assertKeeping(write, live.stored, KEEP_PREVIOUS);
  else return { kind: 'new', carries: false };
  return { kind: 'new', carries: true };
}

/** What of a target keeps rows, and what does not. */
interface Keeping {
  readonly key: string;
  readonly instead: string;
}

const DELETES_KEEP: Keeping = { key: 'write.deletes: keep', instead: 'deletes: drop' };
const KEEP_PREVIOUS: Keeping = { key: 'errors.rejected_rows: keep_previous', instead: 'rejected_rows: drop' };

function assertKeeping(
  { key, tableColumns }: Pick<WritePlan, 'tableColumns' | 'key'>,
  stored: readonly Column[],
  keeping: Keeping,
): void {
  assertSameKey(key, stored, keeping);
  assertSameTypes(tableColumns, stored, keeping);
}

/** A version of the same contract was made with these columns: only a person can have changed them. Their own may stay. */
function assertUnaltered(columns: readonly Column[], { version, stored }: LiveVersion): void {
  const altered = columns.find((column) => !isOrigin(column.name) && !holds(stored, column));
  if (altered === undefined) return;
  const is = stored.find(({ name }) => name === altered.name);
  const what = is === undefined ? 'is gone' : `is ${renderType(is.type)} now`;
  throw new ScoringError(
    `the table of version ${version}, which is live, was altered: "${altered.name}" ${renderType(altered.type)} ${what}`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { version, column: altered.name },
      hint: 'Change it back; or give it up with on_column_change: recreate, or with scorehouse rollback.',
    },
  );
}

function holds(stored: readonly Column[], column: Column): boolean {
  return stored.some((each) => sameColumn(column, each));
}

function assertSameKey(
  key: readonly Column[],
  stored: readonly Column[],
  { key: policy, instead }: Keeping,
): void {
  const other = key.find((column) => !holds(stored, column));
  if (other === undefined) return;
  throw new ScoringError(
    `${policy}: the live version has no key column "${other.name}" ${renderType(other.type)}`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { column: other.name },
      hint: `Rows can be kept under the same key only: leave the key as it was, or say ${instead}.`,
    },
  );
}

/** A column that the live version lacks is NULL in the rows kept; one of another type would have to be made up. */
function assertSameTypes(
  columns: readonly Column[],
  stored: readonly Column[],
  { key: policy, instead }: Keeping,
): void {
  for (const was of stored) {
    const is = columns.find(({ name }) => name === was.name);
    if (is === undefined || sameColumn(was, is)) continue;
    throw new ScoringError(
      `${policy}: column "${was.name}" would change from ${renderType(was.type)} to ${renderType(is.type)}`,
      {
        code: 'PLAN_INVALID',
        stage: 'plan',
        details: { column: was.name },
        hint: `Rows that are kept have values of the old type: name the new output otherwise, or say ${instead}.`,
      },
    );
  }
}
