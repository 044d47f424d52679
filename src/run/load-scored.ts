import { buffersOf, type Relation, renderKeyTuple, throwIfInterrupted } from '../contract/index.js';
import { addHashes, type SetHashes } from '../hash/row-hasher.js';
import type { Ledger } from '../ledger/ledger.js';
import { addFaults, newFaults, type OutputFaults } from '../plan/output-faults.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { buildLoadPart, type RunOrigin } from '../stage/load-part.js';
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

/** What was loaded. */
export interface Loaded {
  readonly rows: number;
  readonly hashes: SetHashes;
  /** By prediction column. */
  readonly faults: readonly OutputFaults[];
}

/** Loads scored chunks as they come, many to a transaction where the warehouse is at its best so. */
export async function loadScored(stream: ScoredStream, input: LoadInput): Promise<Loaded> {
  const { ledger, plan, origin, staging, signal } = input;
  const { loadRows } = ledger.adapter.capabilities.limits;
  let next = await stream.next();
  let rows = 0;
  let chunks = 0;
  let hashes: SetHashes = { keys: 0n, values: 0n };
  let faults = newFaults(plan.scoring.outputs.length);
  const oneTransaction = async function* (): AsyncGenerator<StagedChunk> {
    const end = rows + loadRows;
    for (; next.done !== true && rows < end; next = await stream.next()) {
      throwIfInterrupted(signal, 'score');
      const chunk = next.value;
      yield toStaged(plan, origin, chunk);
      // The scores' own memory comes from workers: pooled too, it would only pile up.
      stream.buffers.give(chunk.carried.flatMap(buffersOf));
      rows += chunk.rows;
      hashes = addHashes(hashes, chunk.hashes);
      faults = addFaults(faults, chunk.faults);
      chunks++;
      input.onLoaded(chunks, rows);
    }
  };
  while (next.done !== true) {
    await loadChunks(ledger, plan, staging, origin.epoch, oneTransaction(), signal);
  }
  return { rows, hashes, faults };
}

function toStaged(plan: ScoringPlan, origin: RunOrigin, chunk: ScoredChunk): StagedChunk {
  const { number, lo, hi, rows } = chunk;
  const part = buildLoadPart(plan, origin, number, chunk);
  const record = {
    runId: origin.runId,
    chunk: number,
    epoch: origin.epoch,
    lo: lo === null ? null : renderKeyTuple(lo),
    hi: renderKeyTuple(hi),
    rows,
    loadKey: part.loadKey,
  };
  return { part, record };
}
