import type { Statement } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import { isOrigin } from '../plan/output-columns.js';
import { type Publication, renderStamp } from './publication.js';

/** The view over the version's own table, replaced at every publish: where DDL is part of the transaction for readers too. */
export function renderViewReplace(
  { sql }: Ledger,
  publication: Publication,
  publishSeq: bigint,
): readonly Statement[] {
  const { view, table, columns, target, version } = publication;
  const comment = renderVersionStamp(target, version.version, publishSeq);
  const context = { view, table, columns: columns.map(({ name }) => toViewColumn(name, publication)) };
  // In one statement where it is no part of a transaction: a view without its mark is nobody's.
  if (sql.has('publish/view_guarded')) return [sql.render('publish/view_guarded', { ...context, comment })];
  return [sql.render('publish/view_replace', context), sql.render('publish/view_comment', { view, comment })];
}

/** The view's mark: whose it is, and which version's table it reads. */
export function renderVersionStamp(target: string, version: number, publishSeq: bigint): string {
  return renderStamp(target, `version=${version} publish=${publishSeq}`);
}

/** Where a version's table does not hold a column of origin, the view's text has its value. */
function toViewColumn(name: string, { version, stored }: Publication) {
  const constant = isOrigin(name) && !stored.some((column) => column.name === name);
  return { name, ...toOriginValues(name, constant, version) };
}

/** The value of a column of origin as a template takes it: under its own type, null for every other. */
export function toOriginValues(
  name: string,
  constant: boolean,
  version: {
    readonly runId: string | null;
    readonly modelVersion: string | null;
    readonly scoredAt: string | null;
  },
) {
  const of = (origin: string, value: string | null) =>
    constant && name.toLowerCase() === origin ? value : null;
  return {
    uuid: of('_run_id', version.runId),
    text: of('_model_version', version.modelVersion),
    instant: of('_scored_at', version.scoredAt),
  };
}
