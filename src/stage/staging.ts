import type { Dialect, LoadPart, Relation, Statement } from '../contract/index.js';
import { renderFence } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { type ChunkRecord, renderChunkInsert } from '../ledger/runs.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';
import type { RunOrigin } from './load-part.js';

/** The physical table of a version, beside the view. Under swap it is the staging relation too. */
export function versionRelation(view: Relation, version: number, { fold }: Pick<Dialect, 'fold'>): Relation {
  return { ...view, name: `${view.name}${fold('__v')}${version}` };
}

/** Makes the staging relation. */
export function renderStagingCreate(sql: SqlRenderer, plan: ScoringPlan, staging: Relation): Statement {
  return sql.render('stage/create_table', { table: staging, columns: plan.write.tableColumns });
}

/** The same for a version that is a partition of its target's parent: empty, and known by its number. */
export function renderVersionCreate(
  sql: SqlRenderer,
  plan: ScoringPlan,
  table: Relation,
  version: number,
): Statement {
  const { tableColumns: columns, strategy } = plan.write;
  return sql.render('stage/create_version', { table, columns, version, merged: strategy === 'merge' });
}

/** What every row of a run says of its origin, as defaults of a table that this run alone fills. */
export function renderOriginDefaults(
  sql: SqlRenderer,
  { write }: Pick<ScoringPlan, 'write'>,
  table: Relation,
  { runId, modelVersion, scoredAt }: Omit<RunOrigin, 'epoch'>,
): Statement {
  const { tableColumns, loadedColumns } = write;
  const defaults = tableColumns.filter(({ name }) => !loadedColumns.some((column) => column.name === name));
  const [run, model, scored] = defaults.map(({ name }) => name);
  return sql.render('stage/set_origin', { table, run, runId, model, modelVersion, scored, scoredAt });
}

export function renderStagingDrop(sql: SqlRenderer, staging: Relation): Statement {
  return sql.render('stage/drop_table', { table: staging });
}

/** Indexes that the target asks for, made after the load; then the planner's statistics, where those are ours to make. */
export function renderIndexes(sql: SqlRenderer, plan: ScoringPlan, table: Relation): readonly Statement[] {
  return [
    ...plan.write.indexes.map((columns, i) =>
      sql.render('stage/create_index', { name: `${table.name}__i${i + 1}`, table, columns }),
    ),
    ...renderAnalyze(sql, table),
  ];
}

/** Statistics of a table just loaded, where the warehouse would make them too late by itself. */
export function renderAnalyze(sql: SqlRenderer, table: Relation): readonly Statement[] {
  return sql.has('stage/analyze') ? [sql.render('stage/analyze', { table })] : [];
}

/**
 * The unique index over the key: it proves that no key repeats, and on a version finds a row for whoever looks one up.
 * Not a primary key, whose making would lock readers of the parent out.
 */
export function renderUniqueIndex(sql: SqlRenderer, plan: ScoringPlan, table: Relation): Statement {
  const key = plan.write.key.map(({ name }) => name);
  return sql.render('stage/create_unique_index', { name: `${table.name}__key`, table, key });
}

/** One chunk ready to load: its rows and its line in the ledger. */
export interface StagedChunk {
  readonly part: LoadPart;
  readonly record: ChunkRecord;
}

/**
 * Loads chunks as they come, their ledger rows and the fence in one transaction: rows of a run that lost its lease
 * never count.
 *
 * @returns the rows loaded
 */
export async function loadChunks(
  ledger: Ledger,
  { target, write }: Pick<ScoringPlan, 'target' | 'write'>,
  staging: Relation,
  epoch: bigint,
  chunks: AsyncIterable<StagedChunk>,
  signal: AbortSignal,
): Promise<number> {
  const records: ChunkRecord[] = [];
  const parts = async function* () {
    for await (const { part, record } of chunks) {
      records.push(record);
      yield part;
    }
  };
  const statements = () => [
    ...records.map((record) => renderChunkInsert(ledger, record)),
    renderFence(ledger, target, epoch),
  ];
  const columns = write.loadedColumns.map(({ name }) => name);
  return ledger.adapter.load(staging, parts(), { columns, with: statements, signal });
}
