import { setTimeout as sleep } from 'node:timers/promises';
import { buffersOf, type Relation, renderKeyTuple, throwIfInterrupted } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { buildLoadPart, type RunOrigin } from '../stage/load-part.js';
import { loadChunks, type StagedChunk } from '../stage/staging.js';
import type { Quarantine } from './quarantine.js';
import { isOverBudget } from './reject-budget.js';
import type { ScoredChunk, ScoredStream } from './score-ahead.js';
import { addChunk, type CountedChunk, renderTally, type Tally } from './tally.js';

export interface LoadInput {
  readonly ledger: Ledger;
  readonly plan: ScoringPlan;
  readonly staging: Relation;
  readonly origin: RunOrigin;
  /** Null only counts rejects. */
  readonly quarantine: Quarantine | null;
  /** Rows of the whole source. */
  readonly sourceRows: number;
  /** What is staged already, of an earlier attempt. */
  readonly done: Tally;
  /** How long one transaction may go on taking chunks, in milliseconds. */
  readonly checkpointMs: number;
  readonly signal: AbortSignal;
  readonly onLoaded: (chunks: number, rowsLoaded: number) => void;
}

/**
 * Loads scored chunks as they come, many to a transaction where the warehouse is at its best so. The rejects of a chunk
 * are recorded before it: its ledger row, which they count with, is never without them.
 *
 * @returns what is staged, up to the chunk whose rejects were too many
 */
export async function loadScored(stream: ScoredStream, input: LoadInput): Promise<Tally> {
  const { ledger, plan, origin, staging, quarantine, signal } = input;
  const { loadRows } = ledger.adapter.capabilities.limits;
  let upcoming = pull(stream);
  let chunks = 0;
  let loaded = input.done;
  const isOver = () => isOverBudget(plan.rejects.budget, loaded.rejected, input.sourceRows);
  const oneTransaction = async function* (): AsyncGenerator<StagedChunk> {
    const end = loaded.rows + loadRows;
    const endsAt = performance.now() + input.checkpointMs;
    for (let first = true; loaded.rows < end && !isOver(); first = false) {
      const next = first ? await upcoming : await beforeThen(upcoming, endsAt);
      if (next === null || next.done === true) return;
      throwIfInterrupted(signal, 'score');
      const chunk = next.value;
      if (!first && chunk.rejects !== null && quarantine !== null) return;
      yield toStaged(plan, origin, chunk);
      // The scores' own memory comes from workers: pooled too, it would only pile up.
      stream.buffers.give(chunk.carried.flatMap(buffersOf));
      loaded = addChunk(loaded, plan, toCounted(chunk));
      chunks++;
      input.onLoaded(chunks, loaded.rows);
      upcoming = pull(stream);
    }
  };
  for (let next = await upcoming; next.done !== true && !isOver(); next = await upcoming) {
    const { number, rejects } = next.value;
    if (rejects !== null) await quarantine?.(number, rejects);
    await loadChunks(ledger, plan, staging, origin.epoch, oneTransaction(), signal);
  }
  return loaded;
}

type Next = Promise<IteratorResult<ScoredChunk, void>>;

function pull(stream: ScoredStream): Next {
  const next = stream.next();
  // Whoever awaits it hears of a failure; until then it must not count as unhandled.
  next.catch(() => undefined);
  return next;
}

/** What comes before that moment; null where nothing does. */
async function beforeThen(next: Next, endsAt: number): Promise<Awaited<Next> | null> {
  if (endsAt === Number.POSITIVE_INFINITY) return next;
  const left = endsAt - performance.now();
  if (left <= 0) return null;
  const done = new AbortController();
  const late = sleep(left, null, { signal: done.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([next, late]);
  } finally {
    done.abort();
  }
}

function toCounted({ rejects, ...chunk }: ScoredChunk): CountedChunk {
  return { ...chunk, rejected: rejects?.rejected ?? 0 };
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
    tally: renderTally(toCounted(chunk)),
  };
  return { part, record };
}
