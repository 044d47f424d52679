import type { FeatureCount } from '../features/contract.js';
import { addHashes, type SetHashes } from '../hash/row-hasher.js';
import { parseHash, renderHash } from '../hash/text.js';
import type { FinishedChunk } from '../ledger/open-runs.js';
import { addFaults, newFaults, type OutputFaults } from '../plan/output-faults.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { addCounts } from './feature-counts.js';

/** What was loaded, of one chunk or of several. */
export interface Tally {
  /** Rows loaded, those without scores among them. */
  readonly rows: number;
  readonly scored: number;
  readonly rejected: number;
  readonly counts: readonly FeatureCount[];
  /** The engine's words on the first row that it did not take; null where it took all. */
  readonly engineError: string | null;
  readonly hashes: SetHashes;
  /** By prediction column. */
  readonly faults: readonly OutputFaults[];
}

/** What the score workers and the reader tell of a chunk. */
export interface CountedChunk extends Pick<Tally, 'rows' | 'counts' | 'engineError' | 'hashes' | 'faults'> {
  readonly rejected: number;
}

/** Of no rows. */
export function newTally({ scoring }: Pick<ScoringPlan, 'scoring'>): Tally {
  return {
    rows: 0,
    scored: 0,
    rejected: 0,
    counts: [],
    engineError: null,
    hashes: { keys: 0n, values: 0n },
    faults: newFaults(scoring.outputs.length),
  };
}

/** The tally with one more chunk. */
export function addChunk(tally: Tally, { write }: Pick<ScoringPlan, 'write'>, chunk: CountedChunk): Tally {
  const unscored = write.rejectedRows === 'null' ? chunk.rejected : 0;
  return {
    rows: tally.rows + chunk.rows,
    scored: tally.scored + chunk.rows - unscored,
    rejected: tally.rejected + chunk.rejected,
    counts: addCounts(tally.counts, chunk.counts),
    engineError: tally.engineError ?? chunk.engineError,
    hashes: addHashes(tally.hashes, chunk.hashes),
    faults: addFaults(tally.faults, chunk.faults),
  };
}

/** Rows of the source that a tally accounts for: rejects are among the loaded rows only where those get NULL scores. */
export function rowsRead({ write }: Pick<ScoringPlan, 'write'>, { rows, rejected }: Tally): number {
  return write.rejectedRows === 'null' ? rows : rows + rejected;
}

/** The form of `chunks.tally`. */
interface WrittenTally {
  readonly keys: string;
  readonly values: string;
  readonly faults: readonly OutputFaults[];
  readonly counts: readonly FeatureCount[];
}

/** What the ledger's columns do not say of a chunk, as `chunks.tally` has it. */
export function renderTally({ hashes, faults, counts }: CountedChunk): string {
  const written: WrittenTally = {
    keys: renderHash(hashes.keys),
    values: renderHash(hashes.values),
    faults,
    counts,
  };
  return JSON.stringify(written);
}

/** The tally of chunks that are staged already; null where one of them does not say all of itself. */
export function sumFinished(
  plan: Pick<ScoringPlan, 'write' | 'scoring'>,
  chunks: readonly FinishedChunk[],
): Tally | null {
  let tally = newTally(plan);
  for (const { rows, rejects, tally: text } of chunks) {
    if (text === null) return null;
    const { keys, values, faults, counts } = JSON.parse(text) as WrittenTally;
    const hashes = { keys: parseHash(keys), values: parseHash(values) };
    tally = addChunk(tally, plan, { rows, rejected: rejects, engineError: null, hashes, faults, counts });
  }
  return tally;
}
