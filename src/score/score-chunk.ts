import type { Vector } from '../contract/index.js';
import type { FeatureCount, Reject } from '../features/contract.js';
import { restOf, spreadRows, takeRows } from '../features/take-rows.js';
import type { OutputFaults } from '../plan/output-faults.js';
import type { Scoring } from './scoring.js';

/** What of a chunk is to be scored. */
export interface GivenRows {
  readonly rows: number;
  readonly features: readonly Vector[];
  /** Rows that crash the engine, ascending: they must never reach it. */
  readonly crashing: readonly number[];
}

/** A chunk's scores, and what became of rows that have none. */
export interface ScoredRows {
  /** In the order of the outputs: a row for each that is scored, or, with NULLs, for each of the chunk. */
  readonly scores: readonly Vector[];
  /** The rows of the chunk that `scores` has; null where it has all. */
  readonly kept: Int32Array | null;
  /** Of the rows that are scored, by prediction column. */
  readonly faults: readonly OutputFaults[];
  readonly rejects: readonly Reject[];
  readonly counts: readonly FeatureCount[];
  /** What the engine said of a row that it does not take; null where it takes all. */
  readonly engineError: string | null;
}

/**
 * Scores what the feature contract and the engine take of a chunk. Rejected rows are cut out before: the engine never
 * sees a value made up for them. Where it refuses rows itself, the others are scored once more without them.
 *
 * @param keepsRejects gives rejected rows scores of NULL instead of leaving them out
 */
export async function scoreChunk(
  scoring: Scoring,
  { rows, features, crashing }: GivenRows,
  keepsRejects: boolean,
): Promise<ScoredRows> {
  let rejects = [...scoring.contract.findRejects(features), ...toEngineRejects(crashing)];
  let engineError: string | null = null;
  for (;;) {
    const kept = rejects.length === 0 ? null : restOf(rows, rowsOf(rejects));
    const given = kept === null ? features : features.map((vector) => takeRows(vector, kept));
    const { replaced, counts } = scoring.contract.review(given);
    const found = await scoring.score(kept?.length ?? rows, given, replaced);
    if (found.kind === 'failed') {
      engineError ??= found.engineError;
      const failed = found.rows.map((row) => (kept === null ? row : (kept[row] as number)));
      rejects = [...rejects, ...toEngineRejects(failed)];
      continue;
    }
    const scores = found.outputs.map(({ vector }) => vector);
    const faults = found.outputs.map((output) => output.faults);
    const told = { faults, rejects, counts: [...counts, ...rejects.map(toCount)], engineError };
    if (kept === null || !keepsRejects) return { scores, kept, ...told };
    return { scores: scores.map((vector) => spreadRows(vector, kept, rows)), kept: null, ...told };
  }
}

function rowsOf(rejects: readonly Reject[]): readonly number[] {
  return rejects.flatMap((reject) => reject.rows);
}

function toEngineRejects(rows: readonly number[]): readonly Reject[] {
  return rows.length === 0 ? [] : [{ feature: null, reason: 'engine', rows }];
}

function toCount({ feature, reason, rows }: Reject): FeatureCount {
  return { feature, reason, action: 'quarantine', rows: rows.length };
}
