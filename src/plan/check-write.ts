import type { ResolvedWrite } from '../config/index.js';
import {
  type Capabilities,
  type Column,
  type Dialect,
  type Relation,
  renderRelation,
  renderType,
  ScoringError,
  sameColumn,
} from '../contract/index.js';
import type { WritePlan } from './scoring-plan.js';

/** @throws CAPABILITY where the target asks for what the warehouse does not have */
export function assertWritable(write: ResolvedWrite, capabilities: Capabilities, kind: string): void {
  if (write.grants !== undefined && !capabilities.grants) {
    throw cannot(kind, 'write.grants', 'has no grants: who can open the file can read it');
  }
  const layouts = {
    partition_by: write.partitionBy,
    cluster_by: write.clusterBy,
    indexes: write.indexes,
  } as const;
  for (const [name, value] of Object.entries(layouts)) {
    if (value !== undefined && !capabilities.layouts.some((layout) => layout === name)) {
      throw cannot(kind, `write.${name}`, `has no ${name} for its tables`);
    }
  }
}

/** The longest name that is made from a view's: the unique index of its millionth version. */
const LONGEST_SUFFIX = '__v999999__key';

/** @throws PLAN_INVALID where the view's name leaves no room for those of its versions and their indexes */
export function assertNameFits(view: Relation, dialect: Dialect): void {
  const room = dialect.maxIdentifierBytes - LONGEST_SUFFIX.length;
  if (Buffer.byteLength(view.name) <= room) return;
  throw new ScoringError(`write.table: "${view.name}" is too long for the names of its versions`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { name: view.name, most: room },
    hint: `Choose a name of at most ${room} bytes: ${dialect.kind} takes ${dialect.maxIdentifierBytes}, and versions add theirs.`,
  });
}

/**
 * Columns that readers use may only be added at the end.
 *
 * @throws PLAN_INVALID where `on_column_change: refuse` forbids the change
 */
export function assertColumnChange(
  live: readonly Column[] | null,
  planned: readonly Column[],
  policy: ResolvedWrite['onColumnChange'],
): void {
  if (live === null || policy === 'recreate') return;
  const changed = findChange(live, planned);
  if (changed < 0) return;
  const [was, is] = [live[changed], planned[changed]].map((column) =>
    column === undefined ? 'nothing' : `"${column.name}" ${renderType(column.type)}`,
  );
  throw new ScoringError(`column ${changed + 1} of the predictions would change from ${was} to ${is}`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    hint: 'Reports read these columns: add new outputs at the end, or say on_column_change: recreate.',
  });
}

/**
 * What of others reads a view whose columns change, and may no longer work.
 *
 * @throws PLAN_INVALID where the warehouse would not let the view go while they stand on it
 */
export function findBroken(
  live: readonly Column[] | null,
  planned: readonly Column[],
  dependents: readonly string[],
  repoint: Capabilities['repoint'],
): readonly string[] {
  if (live === null || findChange(live, planned) < 0 || dependents.length === 0) return [];
  if (repoint !== 'partitions') return dependents;
  throw new ScoringError(
    `on_column_change: recreate: ${dependents.join(', ')} would have to go with the view`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { dependents },
      hint: 'What others made is never dropped: drop it, run, and make it again; or leave the columns as they were.',
    },
  );
}

/** What a person should know of a plan that changes columns; null where nothing breaks. */
export function renderBroken({ view, broken }: Pick<WritePlan, 'view' | 'broken'>): string | null {
  if (broken.length === 0) return null;
  return `the columns of ${renderRelation(view)} change, and ${broken.join(', ')} may read it: look whether they still work`;
}

/** The first of the columns that readers use which would not stay as it is; -1 where all do. */
function findChange(live: readonly Column[], planned: readonly Column[]): number {
  return live.findIndex((column, i) => !sameColumn(column, planned[i]));
}

function cannot(kind: string, key: string, why: string): ScoringError {
  return new ScoringError(`${key}: ${kind} ${why}`, {
    code: 'CAPABILITY',
    stage: 'plan',
    hint: `Leave ${key} out for this warehouse.`,
  });
}
