import { type Batch, type Query, renderKeyTuple, type Relation, type Snapshot, throwIfInterrupted, type Vector } from '../contract/index.js';
import { type Chunk, readChunks } from '../extract/chunks.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { Scorer } from '../score/pool.js';
import { buildLoadPart, carriedColumns, featureColumns, type RunOrigin } from '../stage/load-part.js';
import { loadChunks, type StagedChunk } from '../stage/staging.js';
import { mapAhead, readAhead } from './ahead.js';
import type { WarehouseSession } from './session.js';

/** Chunks read while others are scored. */
const READ_AHEAD = 2;

export interface PipelineInput {
  readonly session: WarehouseSession;
  readonly plan: ScoringPlan;
  readonly query: Query;
  readonly rows: number;
  readonly snapshot: Snapshot;
  readonly scorer: Scorer;
  readonly staging: Relation;
  readonly origin: RunOrigin;
  readonly signal: AbortSignal;
  readonly onLoaded: (chunks: number, rowsLoaded: number) => void;
}

/**
 * Reads, scores and loads, all three at once: chunks are read ahead, scored in workers, and loaded in key order,
 * several to a transaction where the warehouse is at its best with many rows.
 *
 * @returns the rows loaded
 */
export async function runPipeline(input: PipelineInput): Promise<number> {
  const { session, plan, scorer, origin, staging, signal } = input;
  const { loadRows } = session.adapter.capabilities.limits;
  const chunks = readChunks(session.adapter, input.query, plan.read, input.rows, input.snapshot, signal);
  const features = featureColumns(plan);
  const carried = new Set(carriedColumns(plan));
  const shared = new Set(features.flatMap((position, i) => (carried.has(position) ? [i] : [])));
  const score = (chunk: Chunk) => scoreChunk(chunk, features, shared, scorer);

  let group: StagedChunk[] = [];
  let groupRows = 0;
  let rows = 0;
  let loaded = 0;
  const flush = async () => {
    rows += await loadChunks(session.adapter, session.ledger, plan.target, staging, group, signal);
    loaded += group.length;
    group = [];
    groupRows = 0;
    input.onLoaded(loaded, rows);
  };
  for await (const { chunk, scores } of mapAhead(readAhead(chunks, READ_AHEAD), () => scorer.depth, score)) {
    throwIfInterrupted(signal, 'score');
    group.push(toStaged(plan, origin, chunk, scores));
    groupRows += chunk.batch.rows;
    if (groupRows + plan.read.chunkRows > loadRows) await flush();
  }
  if (group.length > 0) await flush();
  return rows;
}

interface ScoredChunk {
  readonly chunk: Chunk;
  readonly scores: readonly Vector[];
}

async function scoreChunk(
  chunk: Chunk,
  features: readonly number[],
  shared: ReadonlySet<number>,
  scorer: Scorer,
): Promise<ScoredChunk> {
  const { batch } = chunk;
  const columns = features.map((position) => batch.columns[position] as Batch['columns'][number]);
  const { columns: scores } = await scorer.score(batch.rows, columns, shared);
  return { chunk, scores };
}

function toStaged(plan: ScoringPlan, origin: RunOrigin, chunk: Chunk, scores: readonly Vector[]): StagedChunk {
  const { number, lo, hi, batch } = chunk;
  const part = buildLoadPart(plan, origin, number, batch, scores);
  const record = {
    runId: origin.runId,
    chunk: number,
    epoch: origin.epoch,
    lo: lo === null ? null : renderKeyTuple(lo),
    hi: renderKeyTuple(hi),
    rows: batch.rows,
    loadKey: part.loadKey,
  };
  return { part, record };
}
