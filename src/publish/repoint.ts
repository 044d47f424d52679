import {
  type Column,
  type Relation,
  type RelationInfo,
  renderRelation,
  ScoringError,
  type Statement,
} from '../contract/index.js';
import { type Control, renderPointerMove } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import {
  type PublishKind,
  renderPublishInsert,
  renderVersionAppend,
  type VersionRecord,
} from '../ledger/versions.js';
import { isOrigin } from '../plan/output-columns.js';

/** What is to become live. */
export interface Publication {
  readonly target: string;
  readonly kind: PublishKind;
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
}

/** What a publish did. */
export interface PublishReceipt {
  readonly version: number;
  readonly publishSeq: bigint;
}

/** The mark by which scorehouse knows its own views. */
export function renderStamp(target: string, version: number, publishSeq: bigint): string {
  return `scorehouse target=${target} version=${version} publish=${publishSeq}`;
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

/**
 * Makes the version live: the pointer's compare-and-swap, the ledger's rows and the view in one transaction, with
 * `with` (a run's own last log row) in it.
 *
 * @throws LEASE_LOST when another run has published since; CAPABILITY where the warehouse cannot do it at once
 */
export async function publish(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  withStatements: readonly Statement[],
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const { repoint } = ledger.adapter.capabilities;
  if (repoint !== 'transactional-ddl') {
    throw new ScoringError(`publishing by ${repoint} is not built yet`, {
      code: 'CAPABILITY',
      stage: 'publish',
    });
  }
  const statements = [...renderPublish(ledger, control, publication), ...withStatements];
  await ledger.adapter.execute(statements, { atomic: true, signal });
  return { version: publication.version.version, publishSeq: control.publishSeq + 1n };
}

/** Where a version's table does not hold a column of origin, the view's text has its value. */
function toViewColumn(name: string, { version, stored }: Publication) {
  const constant = isOrigin(name) && !stored.some((column) => column.name === name);
  const of = (origin: string, value: string | null) =>
    constant && name.toLowerCase() === origin ? value : null;
  return {
    name,
    uuid: of('_run_id', version.runId),
    text: of('_model_version', version.modelVersion),
    instant: of('_scored_at', version.scoredAt),
  };
}

/** The statements of a publish, in the order of their transaction. */
export function renderPublish(
  ledger: Ledger,
  control: Control,
  publication: Publication,
): readonly Statement[] {
  const { target, version, previous, kind, runId, rows } = publication;
  const publishSeq = control.publishSeq + 1n;
  const retired = previous === null || previous.version === version.version ? [] : [previous];
  return [
    renderPointerMove(ledger, target, control, version.version),
    ...renderView(ledger, publication, publishSeq),
    ...retired.map((record) => renderVersionAppend(ledger, { ...record, state: 'kept' })),
    renderVersionAppend(ledger, { ...version, state: 'live' }),
    renderPublishInsert(ledger, { target, publishSeq, version: version.version, runId, kind, rows }),
  ];
}

function renderView({ sql }: Ledger, publication: Publication, publishSeq: bigint): readonly Statement[] {
  const { view, table, columns, target, version } = publication;
  const comment = renderStamp(target, version.version, publishSeq);
  return [
    sql.render('publish/view_replace', {
      view,
      table,
      columns: columns.map(({ name }) => toViewColumn(name, publication)),
    }),
    sql.render('publish/view_comment', { view, comment }),
  ];
}
