import { BufferPool, type Snapshot, type Vector, type WarehouseAdapter } from '../contract/index.js';
import { type Chunk, type ChunkStart, readChunks } from '../extract/chunks.js';
import type { SourceQuery } from '../extract/freeze.js';
import type { ReadPlan, ScoringPlan } from '../plan/scoring-plan.js';
import type { Scorer } from '../score/pool.js';
import type { ScoredColumns } from '../score/protocol.js';
import type { SqlRenderer } from '../sql/renderer.js';
import { carriedColumns, featureColumns } from '../stage/load-part.js';
import { mapAhead, readAhead } from './ahead.js';

/** Chunks read while others are scored. */
const READ_AHEAD = 1;

/** A chunk with its predictions; what only the model needed is gone. */
export type ScoredChunk = Omit<Chunk, 'batch'> & Omit<ScoredColumns, 'returned'>;

export interface ScoreInput {
  readonly adapter: WarehouseAdapter;
  readonly sql: SqlRenderer;
  readonly plan: ScoringPlan;
  readonly query: SourceQuery;
  readonly read: ReadPlan;
  readonly rows: number;
  readonly from: ChunkStart;
  readonly snapshot: Snapshot | null;
  readonly scorer: Scorer;
  /** Settles when the scorer knows what to do. */
  readonly ready: Promise<void>;
  readonly signal: AbortSignal;
}

/** Scored chunks in key order, a bounded number of them ahead of whoever takes them. */
export interface ScoredStream extends AsyncDisposable {
  /** Where memory of chunks that are done with goes. */
  readonly buffers: BufferPool;
  next(): Promise<IteratorResult<ScoredChunk, void>>;
}

/** Begins to read and score at once. It writes nothing, so it may run ahead of everything that does. */
export function startScoring(input: ScoreInput): ScoredStream {
  const { adapter, plan, scorer } = input;
  const buffers = new BufferPool();
  const stop = new AbortController();
  const chunks = readChunks(
    adapter,
    input.sql,
    input.query,
    input.read,
    input.rows,
    input.snapshot,
    buffers,
    input.from,
    AbortSignal.any([input.signal, stop.signal]),
  );
  const features = featureColumns(plan);
  const carried = carriedColumns(plan);
  const [key, passthrough] = [carried.slice(0, plan.read.key.length), carried.slice(plan.read.key.length)];

  const score = async ({ number, lo, hi, batch }: Chunk): Promise<ScoredChunk> => {
    await input.ready;
    const pick = (positions: readonly number[]) =>
      positions.map((position) => batch.columns[position] as Vector);
    const columns = { features: pick(features), key: pick(key), passthrough: pick(passthrough) };
    const { returned, ...scored } = await scorer.score(batch.rows, columns);
    buffers.give(returned);
    return { number, lo, hi, ...scored };
  };

  const scored = mapAhead(readAhead(chunks, READ_AHEAD), () => scorer.depth, score);
  let first: Promise<IteratorResult<ScoredChunk, void>> | null = scored.next();
  // Awaited by the first `next`; until then a failure must not count as unhandled.
  first.catch(() => undefined);
  return {
    buffers,
    next() {
      const result = first ?? scored.next();
      first = null;
      return result;
    },
    async [Symbol.asyncDispose]() {
      // A read that waits for a server which says nothing would never end by itself.
      stop.abort();
      await scored.return(undefined);
    },
  };
}
