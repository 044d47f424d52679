import type { ResolvedTarget, TableName } from '../config/index.js';
import { type Dialect, isScoringError, ScoringError } from '../contract/index.js';

/** Says whose source the warehouse did not take, and what to do about it. */
export function nameSource(target: ResolvedTarget, dialect: Dialect, cause: unknown): unknown {
  if (!isScoringError(cause) || cause.code !== 'SOURCE_INVALID') return cause;
  const { code, stage, details } = cause;
  const { file, source } = target;
  const refusesType = source.kind === 'table' && details.type !== undefined;
  const hint = refusesType
    ? adviseColumns(target, source.table, dialect)
    : (cause.hint ?? 'Run the source query in the warehouse by itself; names are those of this warehouse.');
  return new ScoringError(`${file}: source: ${cause.message}`, { code, stage, details, hint, cause });
}

/** A table is read whole: one column that cannot be read is left out by a query over the others. */
function adviseColumns(target: ResolvedTarget, table: TableName, dialect: Dialect): string {
  const { key, features, passthrough, latestBy } = target;
  const named = [
    ...key,
    ...(features?.entries ?? []).map(({ column }) => column),
    ...passthrough,
    ...(latestBy === null ? [] : [latestBy]),
  ];
  const columns = [...new Set(named)].map((name) => renderName(name, dialect));
  const inputs = features === null ? ["<the model's inputs>"] : [];
  const from = [table.database, table.schema, table.name].flatMap((part) =>
    part === undefined ? [] : [renderName(part, dialect)],
  );
  return `Write the columns that the target needs as source.sql in place of source.table: select ${[...columns, ...inputs].join(', ')} from ${from.join('.')}`;
}

/** As a person would write it: quoted only where it must be. */
function renderName(name: string, dialect: Dialect): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && dialect.fold(name) === name ? name : dialect.ident(name);
}
