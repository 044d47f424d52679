import { isScoringError, ScoringError } from '../contract/index.js';
import type { ReadScore } from '../examples/compare.js';
import type { ExampleFeature } from '../examples/feature.js';
import type { ExampleValue } from '../examples/value.js';
import { readValue, toVector } from '../examples/vectors.js';
import type { Scorer } from '../score/pool.js';

/**
 * Scores rows of plain values as a run scores its chunks: through the workers, packed by the same rules, in the same
 * blocks.
 *
 * @param what the rows are called in an error
 * @param features in the order in which workers are sent them
 * @param given by feature, by row; at least one row
 * @param rows how many there are, which a model without features would not tell
 */
export async function scoreExamples(
  scorer: Scorer,
  what: string,
  features: readonly ExampleFeature[],
  given: readonly (readonly ExampleValue[])[],
  rows: number,
): Promise<ReadScore> {
  // The rows' numbers stand in for a key, since what comes back need not be all rows.
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const columns = {
    features: features.map(({ column }, i) => toVector(column.type, given[i] ?? [])),
    key: [toVector({ kind: 'int64' }, numbers)],
    passthrough: [],
  };
  const {
    carried,
    scores,
    rows: scored,
  } = await scorer.score(rows, columns).catch((cause: unknown) => {
    throw nameRows(what, cause);
  });
  const [key] = carried;
  const places = new Map<number, number>();
  for (let place = 0; place < scored; place++) places.set(Number(key?.values[place]), place);
  return (row, output) => {
    const [place, vector] = [places.get(row), scores[output]];
    return place === undefined || vector === undefined ? null : readValue(vector, place);
  };
}

/** What is wrong with a chunk is wrong with these rows. */
function nameRows(what: string, cause: unknown): unknown {
  if (!isScoringError(cause) || cause.code !== 'BAD_FEATURES') return cause;
  const { code, stage, details, hint } = cause;
  return new ScoringError(`${what}: ${cause.message}`, {
    code,
    stage,
    details,
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
