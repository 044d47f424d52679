import { buffersOf, type Relation, renderKeyTuple, throwIfInterrupted } from '../contract/index.js';
import { addHashes, type SetHashes } from '../hash/row-hasher.js';
import type { Ledger } from '../ledger/ledger.js';
import { addFaults, newFaults, type OutputFaults } from '../plan/output-faults.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { buildLoadPart, type RunOrigin } from '../stage/load-part.js';
import { loadChunks, type StagedChunk } from '../stage/staging.js';
import { addCounts } from './feature-counts.js';
import type { Quarantine } from './quarantine.js';
import { isOverBudget, type Tally } from './reject-budget.js';
import type { ScoredChunk, ScoredStream } from './score-ahead.js';

export interface LoadInput {
  readonly ledger: Ledger;
  readonly plan: ScoringPlan;
  readonly staging: Relation;
  readonly origin: RunOrigin;
  /** Null only counts rejects. */
  readonly quarantine: Quarantine | null;
  /** Rows of the whole source. */
  readonly sourceRows: number;
  readonly signal: AbortSignal;
  readonly onLoaded: (chunks: number, rowsLoaded: number) => void;
}

/** What was loaded, up to the chunk whose rejects were too many. */
export interface Loaded extends Tally {
  readonly rows: number;
  readonly hashes: SetHashes;
  /** By prediction column. */
  readonly faults: readonly OutputFaults[];
}

/**
 * Loads scored chunks as they come, many to a transaction where the warehouse is at its best so. The rejects of a chunk
 * are recorded before it: its ledger row, which they count with, is never without them.
 */
export async function loadScored(stream: ScoredStream, input: LoadInput): Promise<Loaded> {
  const { ledger, plan, origin, staging, quarantine, signal } = input;
  const { loadRows } = ledger.adapter.capabilities.limits;
  let next = await stream.next();
  let chunks = 0;
  let loaded: Loaded = {
    rows: 0,
    scored: 0,
    rejected: 0,
    counts: [],
    engineError: null,
    hashes: { keys: 0n, values: 0n },
    faults: newFaults(plan.scoring.outputs.length),
  };
  const isOver = () => isOverBudget(plan.rejects.budget, loaded.rejected, input.sourceRows);
  const oneTransaction = async function* (): AsyncGenerator<StagedChunk> {
    const end = loaded.rows + loadRows;
    for (let first = true; next.done !== true && loaded.rows < end && !isOver(); first = false) {
      throwIfInterrupted(signal, 'score');
      const chunk = next.value;
      if (!first && chunk.rejects !== null && quarantine !== null) return;
      yield toStaged(plan, origin, chunk);
      // The scores' own memory comes from workers: pooled too, it would only pile up.
      stream.buffers.give(chunk.carried.flatMap(buffersOf));
      loaded = addChunk(loaded, plan, chunk);
      chunks++;
      input.onLoaded(chunks, loaded.rows);
      next = await stream.next();
    }
  };
  while (next.done !== true && !isOver()) {
    const { number, rejects } = next.value;
    if (rejects !== null) await quarantine?.(number, rejects);
    await loadChunks(ledger, plan, staging, origin.epoch, oneTransaction(), signal);
  }
  return loaded;
}

function addChunk(loaded: Loaded, { write }: ScoringPlan, chunk: ScoredChunk): Loaded {
  const rejected = chunk.rejects?.rejected ?? 0;
  const unscored = write.rejectedRows === 'null' ? rejected : 0;
  return {
    rows: loaded.rows + chunk.rows,
    scored: loaded.scored + chunk.rows - unscored,
    rejected: loaded.rejected + rejected,
    counts: addCounts(loaded.counts, chunk.counts),
    engineError: loaded.engineError ?? chunk.engineError,
    hashes: addHashes(loaded.hashes, chunk.hashes),
    faults: addFaults(loaded.faults, chunk.faults),
  };
}

function toStaged(plan: ScoringPlan, origin: RunOrigin, chunk: ScoredChunk): StagedChunk {
  const { number, lo, hi, rows, rejects } = chunk;
  const part = buildLoadPart(plan, origin, number, chunk);
  const record = {
    runId: origin.runId,
    chunk: number,
    epoch: origin.epoch,
    lo: lo === null ? null : renderKeyTuple(lo),
    hi: renderKeyTuple(hi),
    rows,
    rejects: rejects?.rejected ?? 0,
    loadKey: part.loadKey,
  };
  return { part, record };
}
