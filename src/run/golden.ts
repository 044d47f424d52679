import type { Column } from '../contract/index.js';
import { assertGolden } from '../examples/compare.js';
import { type ExampleFeature, listFeatures, listOutputs } from '../examples/feature.js';
import { bindGolden, type GoldenFile, type GoldenRows } from '../examples/golden.js';
import type { GoldenPlan, ScoringPlan } from '../plan/scoring-plan.js';
import type { Scorer } from '../score/pool.js';
import { featureColumns } from '../stage/load-part.js';
import { scoreExamples } from './score-examples.js';

/** Golden rows, and the features that they give. */
export interface PreparedGolden {
  readonly rows: GoldenRows;
  readonly features: readonly ExampleFeature[];
}

/** What the plan says of a golden file. */
export function planGolden({ file, sha256, rows, tolerance }: GoldenFile): GoldenPlan {
  return { file, sha256, rows: rows.length, tolerance };
}

/** @throws CONFIG_INVALID where the file does not fit the target */
export function prepareGolden(
  golden: GoldenFile,
  plan: ScoringPlan,
  source: readonly Column[],
): PreparedGolden {
  const features = planFeatures(plan);
  return { rows: bindGolden(golden, features, listOutputs(plan.scoring), source), features };
}

/** The features of a plan, in the order in which workers are sent them. */
export function planFeatures(plan: ScoringPlan): readonly ExampleFeature[] {
  const columns = featureColumns(plan).flatMap((position) => plan.read.columns[position] ?? []);
  return listFeatures(plan.scoring, columns);
}

/**
 * Scores the golden rows on this host and compares.
 *
 * @param ready settles when the scorer knows what to do
 * @throws GOLDEN_MISMATCH
 */
export async function checkGolden(
  { rows, features }: PreparedGolden,
  scorer: Scorer,
  ready: Promise<void>,
): Promise<void> {
  await ready;
  const what = `golden rows of ${rows.file}`;
  assertGolden(rows, await scoreExamples(scorer, what, features, rows.given, rows.lines.length));
}
