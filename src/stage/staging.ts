import type { LoadPart, Relation, Statement } from '../contract/index.js';
import { renderFence } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { type ChunkRecord, renderChunkInsert } from '../ledger/runs.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';

/** The physical table of a version, beside the view. Under swap it is the staging relation too. */
export function versionRelation(view: Relation, version: number): Relation {
  return { ...view, name: `${view.name}__v${version}` };
}

/** Statements that make the staging relation and the schema that holds it. */
export function renderStagingCreate(
  sql: SqlRenderer,
  plan: ScoringPlan,
  staging: Relation,
): readonly Statement[] {
  return [
    sql.render('ledger/create_schema', { schema: staging.schema }),
    sql.render('stage/create_table', { table: staging, columns: plan.write.tableColumns }),
  ];
}

export function renderStagingDrop(sql: SqlRenderer, staging: Relation): Statement {
  return sql.render('stage/drop_table', { table: staging });
}

/** Indexes that the target asks for, made after the load. */
export function renderIndexes(sql: SqlRenderer, plan: ScoringPlan, staging: Relation): readonly Statement[] {
  return plan.write.indexes.map((columns, i) =>
    sql.render('stage/create_index', { name: `${staging.name}__i${i + 1}`, table: staging, columns }),
  );
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
  target: string,
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
  return ledger.adapter.load(staging, parts(), { with: statements, signal });
}
