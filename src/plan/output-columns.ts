import type { RejectedRows, ResolvedWrite } from '../config/index.js';
import { type Capabilities, type Column, type Dialect, ScoringError } from '../contract/index.js';
import type { OutputSpec } from './scoring-spec.js';

const UUID = { kind: 'uuid' } as const;
const TEXT = { kind: 'text' } as const;
const INSTANT = { kind: 'timestamp', zoned: true } as const;

/** What every prediction row says of its origin. */
const ORIGIN: readonly Column[] = [
  { name: '_run_id', type: UUID, native: 'uuid' },
  { name: '_model_version', type: TEXT, native: 'text' },
  { name: '_scored_at', type: INSTANT, native: 'timestamptz' },
];

/** The load key, which a version table has and the view does not show. */
const LOAD: Column = { name: '_load', type: { kind: 'int64' }, native: 'int64' };

/** The version's number, which only tables that are partitions have; the warehouse fills it in. */
const VERSION = '_version';

/**
 * The view's columns: origin, key, passthrough, outputs in the target's order. Names are folded to the dialect's
 * case unless `quote` keeps them; types are those that the columns will be known as.
 *
 * @throws PLAN_INVALID when two names are equal after folding
 */
export function buildViewColumns(
  key: readonly Column[],
  passthrough: readonly Column[],
  outputs: readonly OutputSpec[],
  dialect: Dialect,
  quote: boolean,
): readonly Column[] {
  const scores = outputs.map(({ column, type }) => ({ name: column, type, native: type.kind }));
  const columns = [...ORIGIN, ...key, ...passthrough, ...scores].map((column) => ({
    ...column,
    name: quote ? column.name : dialect.fold(column.name),
    type: dialect.stored(column.type),
  }));
  assertDistinct(columns, dialect);
  for (const { name } of columns) dialect.ident(name);
  return columns;
}

/**
 * The columns of a version table: the view's, then the load key. Where all rows of a version come from one run and
 * each version has a view of its own, the columns of origin stand in the view's text: stored, on DuckDB, they would
 * cost more to load than all other columns together.
 */
export function buildTableColumns(
  view: readonly Column[],
  repoint: Capabilities['repoint'],
  write: Pick<ResolvedWrite, 'strategy' | 'deletes'> & { readonly rejectedRows: RejectedRows },
  { fold }: Pick<Dialect, 'fold'>,
): readonly Column[] {
  const { strategy, deletes, rejectedRows } = write;
  const mixed = strategy === 'merge' || deletes === 'keep' || rejectedRows === 'keep_previous';
  const stored = repoint === 'partitions' || mixed ? view : view.filter(({ name }) => !isOrigin(name));
  return [...stored, { ...LOAD, name: fold(LOAD.name) }];
}

/** The columns that a load gives: those of origin are the same in each row, and a default does for them where it can. */
export function buildLoadedColumns(
  table: readonly Column[],
  { columnDefaults }: Pick<Capabilities, 'columnDefaults'>,
): readonly Column[] {
  return columnDefaults ? table.filter(({ name }) => !isOrigin(name)) : table;
}

/** The columns of a version table without the one that tells it from other partitions. */
export function withoutVersion(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ name }) => name !== VERSION);
}

/** The key among the view's columns: behind those of origin, in the target's order. */
export function findStagedKey(view: readonly Column[], keyColumns: number): readonly Column[] {
  return view.slice(ORIGIN.length, ORIGIN.length + keyColumns);
}

/** True for the columns that say where a prediction comes from. */
export function isOrigin(name: string): boolean {
  return ORIGIN.some((column) => column.name === name.toLowerCase());
}

/** The view's columns over a version table that exists: origin first, nothing of scorehouse's own. */
export function buildViewOfTable(
  table: readonly Column[],
  { fold, stored }: Pick<Dialect, 'fold' | 'stored'>,
): readonly Column[] {
  return [
    ...ORIGIN.map((column) => ({ ...column, name: fold(column.name), type: stored(column.type) })),
    ...table.filter(({ name }) => !isLoad(name) && name !== VERSION && !isOrigin(name)),
  ];
}

/**
 * The columns whose values a version's hashes are made of: key, passthrough, outputs. What stands behind the load key
 * was added to the table after it was published, by a later version with more columns say.
 */
export function findHashed(table: readonly Column[]): readonly Column[] {
  const end = table.findIndex(({ name }) => isLoad(name));
  const published = end < 0 ? table : table.slice(0, end);
  return published.filter(({ name }) => name !== VERSION && !isOrigin(name));
}

function isLoad(name: string): boolean {
  return name.toLowerCase() === LOAD.name;
}

function assertDistinct(columns: readonly Column[], dialect: Dialect): void {
  const seen = new Set<string>([dialect.fold(LOAD.name)]);
  for (const { name } of columns) {
    const folded = dialect.fold(name);
    if (seen.has(folded)) {
      throw new ScoringError(`the predictions would have two columns "${name}"`, {
        code: 'PLAN_INVALID',
        stage: 'plan',
        details: { column: name },
        hint: 'Rename the output, or the key or passthrough column in the source query; case does not tell names apart.',
      });
    }
    seen.add(folded);
  }
}
