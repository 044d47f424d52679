import {
  type Column,
  type Relation,
  type RelationInfo,
  renderRelation,
  ScoringError,
  type Statement,
  sameColumn,
  sameType,
} from '../contract/index.js';
import { controlRelation } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { withoutVersion } from '../plan/output-columns.js';
import { type Publication, type ReadersFollow, renderStamp } from './publication.js';
import { renderGrantsAgain, renderMissingGrants } from './readers.js';

/**
 * The versions are partitions of one parent, and the view reads the one that the pointer names: it never changes, so
 * that a publish waits for no reader and a reader for no publish.
 */
export function parentRelation(view: Relation): Relation {
  return { ...view, name: `${view.name}__versions` };
}

/** A partition of the parent. `pending`: its detaching has begun and was not finished. */
export interface Partition {
  readonly name: string;
  readonly pending: boolean;
}

/** The parent's partitions; empty where there is no parent yet. */
export async function readPartitions(
  { adapter, sql }: Ledger,
  parent: Relation,
  signal: AbortSignal,
): Promise<readonly Partition[]> {
  const statement = sql.render('publish/partitions_list', { parent: sql.dialect.relation(parent) });
  const { rows } = await adapter.query(statement, { maxRows: 100_000, stage: 'publish', signal });
  return rows.map(([name, pending]) => ({ name: String(name), pending: pending === true }));
}

/**
 * Statements that attach a version's empty table before it is filled, while that needs no scan and stops no reader.
 * None where the parent has other columns: the publish changes them, when the version is known to be good.
 */
export async function renderEarlyAttach(
  { adapter, sql }: Ledger,
  view: Relation,
  table: Relation,
  version: number,
  columns: readonly Column[],
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const parent = parentRelation(view);
  const whole = await adapter.inspect(parent, signal);
  assertParent(whole, parent);
  const attach = sql.render('publish/attach', { parent, table, version });
  if (whole === null) return [sql.render('publish/parent_create', { parent, columns }), attach];
  if (await hasStrangeColumns({ adapter, sql }, parent, whole, signal)) return [];
  return missingColumns(whole.columns, columns)?.length === 0 ? [attach] : [];
}

/**
 * Statements that make the version's table known to the parent and the view, where they do not know it yet.
 *
 * @param afresh writes the view's text once more, whatever its mark says
 */
export async function renderPartitionsFollow(
  ledger: Ledger,
  publication: Publication,
  signal: AbortSignal,
  afresh = false,
): Promise<ReadersFollow> {
  const { view, table, stored } = publication;
  const parent = parentRelation(view);
  const partitions = await readPartitions(ledger, parent, signal);
  const whole = await ledger.adapter.inspect(parent, signal);
  assertParent(whole, parent);
  const seen = await ledger.adapter.inspect(view, signal);
  const known = partitions.some(({ name }) => name === table.name);
  const fits = known || !(await hasStrangeColumns(ledger, parent, whole, signal));
  const missing = fits ? missingColumns(whole?.columns ?? null, stored) : null;
  const change = missing === null ? 'anew' : changeOfView(ledger, seen, publication, afresh);
  const own = missing === null ? undefined : partitions.find(({ name }) => name === table.name);
  const attached = own?.pending === false;
  const readersFollow = [
    ...(own?.pending === true ? [ledger.sql.render('publish/detach_finalize', { parent, table })] : []),
    ...(change === 'anew' && seen !== null ? [ledger.sql.render('stage/drop_view', { view })] : []),
    ...(missing === null
      ? renderParentAnew(ledger, publication, partitions)
      : renderMoreColumns(
          ledger,
          view,
          missing,
          partitions.filter((each) => each !== own),
        )),
    ...(attached ? [] : [renderAttach(ledger, parent, publication)]),
    ...(change === 'none' ? [] : renderView(ledger, publication)),
    ...(change === 'anew' && seen !== null ? await renderGrantsAgain(ledger, view, signal) : []),
    ...(await renderMissingGrants(ledger, view, publication.grants, signal)),
  ];
  const changesView = seen !== null && change !== 'none';
  return { readersFollow, locks: changesView || (whole !== null && missing?.length !== 0) };
}

/** True where somebody gave the parent a column of a type that scorehouse does not take: no new version can have it. */
async function hasStrangeColumns(
  { adapter, sql }: Pick<Ledger, 'adapter' | 'sql'>,
  parent: Relation,
  whole: RelationInfo | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (whole === null) return false;
  const statement = sql.render('publish/columns_list', { parent: sql.dialect.relation(parent) });
  const { rows } = await adapter.query(statement, { maxRows: 10_000, stage: 'publish', signal });
  return rows.length > whole.columns.length;
}

/** @throws ENVIRONMENT where something that scorehouse did not make stands in the parent's place */
function assertParent(found: RelationInfo | null, parent: Relation): void {
  if (found === null || withoutVersion(found.columns).length < found.columns.length) return;
  const relation = renderRelation(parent);
  throw new ScoringError(`${relation} exists and does not hold scorehouse's versions`, {
    code: 'ENVIRONMENT',
    stage: 'publish',
    details: { relation, kind: found.kind },
    hint: 'Nothing that scorehouse did not make is replaced: rename it, or name another write.table.',
  });
}

/** Columns that the parent gets. A detach that is pending is finished before: with other columns it never could be. */
function renderMoreColumns(
  { sql }: Ledger,
  view: Relation,
  missing: readonly Column[],
  partitions: readonly Partition[],
): readonly Statement[] {
  if (missing.length === 0) return [];
  const parent = parentRelation(view);
  const pending = partitions.filter((partition) => partition.pending);
  return [
    ...pending.map(({ name }) => sql.render('publish/detach_finalize', { parent, table: { ...view, name } })),
    ...missing.map((column) => sql.render('publish/parent_add_column', { parent, columns: [column] })),
  ];
}

/** Another set of columns: the parent is dropped and made again. The other versions stay as tables of their own. */
function renderParentAnew(
  { sql }: Ledger,
  { view, stored }: Publication,
  partitions: readonly Partition[],
): readonly Statement[] {
  const parent = parentRelation(view);
  return [
    ...partitions.map(({ name, pending }) => {
      const context = { parent, table: { ...view, name } };
      return pending ? sql.render('publish/detach_finalize', context) : sql.render('publish/detach', context);
    }),
    sql.render('stage/drop_table', { table: parent }),
    sql.render('publish/parent_create', { parent, columns: withoutVersion(stored) }),
  ];
}

/** What has to happen to the view: columns can only be added to it, behind those that it has. */
function changeOfView(
  ledger: Ledger,
  seen: RelationInfo | null,
  publication: Publication,
  afresh: boolean,
): 'none' | 'append' | 'anew' {
  const { columns } = publication;
  if (seen === null) return 'append';
  if (!seen.columns.every((column, i) => sameColumn(column, columns[i]))) return 'anew';
  const isWhole = seen.columns.length === columns.length;
  // A view that follows another ledger's pointer would show what that one says, for ever.
  const isMarked = seen.stamp === renderPointerStamp(ledger, publication);
  return isWhole && isMarked && !afresh ? 'none' : 'append';
}

/** The view's mark: whose it is, and which pointer it follows. */
export function renderPointerStamp(ledger: Ledger, { target }: Pick<Publication, 'target'>): string {
  return renderStamp(target, `pointer=${renderRelation(controlRelation(ledger, target))}`);
}

function renderAttach({ sql }: Ledger, parent: Relation, { table, version }: Publication): Statement {
  return sql.render('publish/attach', { parent, table, version: version.version });
}

function renderView(ledger: Ledger, publication: Publication): readonly Statement[] {
  const { sql } = ledger;
  const { view, columns, target } = publication;
  const names = columns.map(({ name }) => name);
  const control = controlRelation(ledger, target);
  return [
    sql.render('publish/view_by_pointer', { view, parent: parentRelation(view), control, columns: names }),
    sql.render('publish/view_comment', { view, comment: renderPointerStamp(ledger, publication) }),
  ];
}

/** Columns that the parent lacks; null where it has others, or of other types, and so cannot hold the version. */
function missingColumns(
  parent: readonly Column[] | null,
  stored: readonly Column[],
): readonly Column[] | null {
  if (parent === null) return null;
  const held = new Map(parent.map((column) => [column.name, column.type]));
  const wanted = withoutVersion(stored);
  const missing = wanted.filter(({ name }) => !held.has(name));
  const agrees = wanted.every(({ name, type }) => sameType(held.get(name) ?? type, type));
  const names = new Set(wanted.map(({ name }) => name));
  const surplus = withoutVersion(parent).some(({ name }) => !names.has(name));
  return agrees && !surplus ? missing : null;
}
