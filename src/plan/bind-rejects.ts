import type { ResolvedErrors, ResolvedTarget } from '../config/index.js';
import { type Column, type Dialect, type Relation, ScoringError } from '../contract/index.js';

/** The table beside the view that says which rows were rejected, and why. */
export interface QuarantinePlan {
  readonly table: Relation;
  /** The run, the key as the predictions have it, feature, reason, time, load key. */
  readonly columns: readonly Column[];
}

/** What becomes of rows that cannot be scored. */
export interface RejectPlan {
  readonly budget: ResolvedErrors['budget'];
  /** Null counts them only. */
  readonly quarantine: QuarantinePlan | null;
}

const TEXT = { kind: 'text' } as const;

const BEFORE_KEY: readonly Column[] = [{ name: '_run_id', type: { kind: 'uuid' }, native: 'uuid' }];

const BEHIND_KEY: readonly Column[] = [
  { name: 'feature', type: TEXT, native: 'text' },
  { name: 'reason', type: TEXT, native: 'text' },
  { name: 'rejected_at', type: { kind: 'timestamp', zoned: true }, native: 'timestamptz' },
  { name: '_load', type: { kind: 'int64' }, native: 'int64' },
];

/**
 * @param key as the predictions have it
 * @throws PLAN_INVALID where a key column has the name of one of the quarantine's own
 */
export function bindRejects(
  { errors, write }: ResolvedTarget,
  view: Relation,
  key: readonly Column[],
  dialect: Dialect,
): RejectPlan {
  const { budget, quarantine } = errors;
  if (!quarantine) return { budget, quarantine: null };
  const own = (columns: readonly Column[]) =>
    columns.map((column) => ({
      ...column,
      name: write.quote ? column.name : dialect.fold(column.name),
      type: dialect.stored(column.type),
    }));
  const columns = [...own(BEFORE_KEY), ...key, ...own(BEHIND_KEY)];
  assertDistinct(columns, key, dialect);
  return { budget, quarantine: { table: quarantineRelation(view, dialect), columns } };
}

/** The quarantine table of a view. */
export function quarantineRelation(view: Relation, { fold }: Pick<Dialect, 'fold'>): Relation {
  return { ...view, name: `${view.name}${fold('__quarantine')}` };
}

/** The key among the columns of a quarantine table; null where it is none of scorehouse's. */
export function findQuarantineKey(columns: readonly Column[]): readonly Column[] | null {
  const names = columns.map(({ name }) => name.toLowerCase());
  const own = [...BEFORE_KEY, ...BEHIND_KEY].map(({ name }) => name);
  if (!own.every((name) => names.includes(name))) return null;
  return columns.filter((_, i) => !own.includes(names[i] ?? ''));
}

function assertDistinct(columns: readonly Column[], key: readonly Column[], dialect: Dialect): void {
  const folded = columns.map(({ name }) => dialect.fold(name));
  const taken = key.find(({ name }) => folded.filter((each) => each === dialect.fold(name)).length > 1);
  if (taken === undefined) return;
  throw new ScoringError(`key: "${taken.name}" is a column that the quarantine table has of its own`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { column: taken.name },
    hint: 'Give the column another name in the source query, or say errors: { quarantine: false }.',
  });
}
