import { type Batch, BufferPool, buffersOf, type LoadPart, type Query, renderKeyTuple, type Relation, type Snapshot, throwIfInterrupted, type Vector } from '../contract/index.js';
import { type Chunk, readChunks } from '../extract/chunks.js';
import type { ReadPlan, ScoringPlan } from '../plan/scoring-plan.js';
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
  readonly read: ReadPlan;
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
 * many to a transaction where the warehouse is at its best so.
 *
 * @returns the rows loaded
 */
export async function runPipeline(input: PipelineInput): Promise<number> {
  const { session, plan, scorer, origin, staging, signal } = input;
  const { loadRows } = session.adapter.capabilities.limits;
  const buffers = new BufferPool();
  const chunks = readChunks(session.adapter, input.query, input.read, input.rows, input.snapshot, buffers, signal);
  const features = featureColumns(plan);
  const carried = new Set(carriedColumns(plan));
  const shared = new Set(features.flatMap((position, i) => (carried.has(position) ? [i] : [])));
  const score = (chunk: Chunk) => scoreChunk(chunk, features, shared, scorer, buffers);

  const scored = mapAhead(readAhead(chunks, READ_AHEAD), () => scorer.depth, score);
  const iterator = scored[Symbol.asyncIterator]();
  let next = await iterator.next();
  let rows = 0;
  let loaded = 0;
  /** The chunks of one transaction. */
  const group = async function* (): AsyncGenerator<StagedChunk> {
    for (let groupRows = 0; next.done !== true && groupRows < loadRows; next = await iterator.next()) {
      throwIfInterrupted(signal, 'score');
      const { chunk, scores } = next.value;
      const staged = toStaged(plan, origin, chunk, scores);
      yield staged;
      buffers.give(memoryOf(staged.part));
      groupRows += chunk.batch.rows;
      rows += chunk.batch.rows;
      loaded++;
      input.onLoaded(loaded, rows);
    }
  };
  try {
    while (next.done !== true) await loadChunks(session.ledger, plan.target, staging, origin.epoch, group(), signal);
  } finally {
    await iterator.return?.(undefined);
  }
  return rows;
}

/** The memory of a loaded part: nobody reads it any more. */
function memoryOf(part: LoadPart): readonly ArrayBuffer[] {
  const owned = part.columns.flatMap((column) => (column.kind === 'vector' ? buffersOf(column.vector) : []));
  return [...new Set(owned)];
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
  buffers: BufferPool,
): Promise<ScoredChunk> {
  const { batch } = chunk;
  const columns = features.map((position) => batch.columns[position] as Batch['columns'][number]);
  const { columns: scores, returned } = await scorer.score(batch.rows, columns, shared);
  buffers.give(returned);
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
