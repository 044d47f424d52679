import {
  buffersOf,
  type Relation,
  renderKeyTuple,
  throwIfInterrupted,
  type Vector,
} from '../contract/index.js';
import type { Chunk } from '../extract/chunks.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { buildLoadPart, carriedColumns, type RunOrigin } from '../stage/load-part.js';
import { loadChunks, type StagedChunk } from '../stage/staging.js';
import type { ScoredChunk, ScoredStream } from './score-ahead.js';

export interface LoadInput {
  readonly ledger: Ledger;
  readonly plan: ScoringPlan;
  readonly staging: Relation;
  readonly origin: RunOrigin;
  readonly signal: AbortSignal;
  readonly onLoaded: (chunks: number, rowsLoaded: number) => void;
}

/**
 * Loads scored chunks as they come, many to a transaction where the warehouse is at its best so.
 *
 * @returns the rows loaded
 */
export async function loadScored(stream: ScoredStream, input: LoadInput): Promise<number> {
  const { ledger, plan, origin, staging, signal } = input;
  const { loadRows } = ledger.adapter.capabilities.limits;
  let next = await stream.next();
  let rows = 0;
  let chunks = 0;
  const oneTransaction = async function* (): AsyncGenerator<StagedChunk> {
    const end = rows + loadRows;
    for (; next.done !== true && rows < end; next = await stream.next()) {
      throwIfInterrupted(signal, 'score');
      const { chunk } = next.value;
      yield toStaged(plan, origin, next.value);
      stream.buffers.give(memoryOf(plan, chunk));
      rows += chunk.batch.rows;
      chunks++;
      input.onLoaded(chunks, rows);
    }
  };
  while (next.done !== true) {
    await loadChunks(ledger, plan, staging, origin.epoch, oneTransaction(), signal);
  }
  return rows;
}

function toStaged(plan: ScoringPlan, origin: RunOrigin, { chunk, scores }: ScoredChunk): StagedChunk {
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

/**
 * The memory that the read took for columns which predictions carry along. The scores' own memory comes from workers:
 * pooled too, it would only pile up.
 */
function memoryOf(plan: ScoringPlan, { batch }: Chunk): readonly ArrayBuffer[] {
  return carriedColumns(plan).flatMap((position) => buffersOf(batch.columns[position] as Vector));
}
