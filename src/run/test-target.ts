import type { ResolvedTarget } from '../config/index.js';
import type { ExampleFeature } from '../examples/feature.js';
import { listFeatures, listOutputs } from '../examples/feature.js';
import { type BoundTest, bindTest, type Failure, findFailures } from '../examples/unit-test.js';
import { renderSource } from '../extract/source.js';
import { buildScoring } from '../plan/build-scoring.js';
import type { WorkerPool } from '../score/pool.js';
import { nameSource } from './name-source.js';
import { closeModels, openScorer, readModelFacts } from './open-models.js';
import { scoreExamples } from './score-examples.js';
import type { WarehouseSession } from './session.js';

/** What a test of a target gave. */
export interface TestOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly Failure[];
}

/**
 * Scores the target's examples and compares. Reads the source's columns and the models, no rows and no ledger; writes
 * nothing.
 *
 * @throws PLAN_INVALID where a test cannot be asked, and what makes the target impossible
 */
export async function testTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  signal: AbortSignal,
): Promise<readonly TestOutcome[]> {
  if (target.tests.length === 0) return [];
  const { adapter, ledger, project, warehouse } = session;
  const query = renderSource(project, target, ledger.sql, warehouse.outputSchema.schema);
  const source = await adapter.describe(query, signal).catch((cause) => {
    throw nameSource(target, adapter.dialect, cause);
  });
  // One worker: there are a few rows.
  const opened = await openScorer(target, session, 1, [], signal);
  try {
    const { scoring, features } = buildScoring(target, await readModelFacts(target, opened), source);
    const given = listFeatures(scoring, features);
    const bound = target.tests.map((test, i) =>
      bindTest(test, `${target.file}: tests[${i}]`, given, listOutputs(scoring)),
    );
    await opened.scorer.prepare(scoring);
    return await scoreTests(opened.scorer, bound, given);
  } finally {
    await closeModels(opened);
  }
}

async function scoreTests(
  scorer: WorkerPool,
  tests: readonly BoundTest[],
  features: readonly ExampleFeature[],
): Promise<readonly TestOutcome[]> {
  const given = features.map((_, i) => tests.map((test) => test.given[i] ?? null));
  const scores = await scoreExamples(scorer, 'tests', features, given, tests.length);
  return tests.map((test, row) => {
    const failures = findFailures(test, row, scores);
    return { name: test.name, passed: failures.length === 0, failures };
  });
}
