import type { PlanSummary } from '../observe/events.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';

/** The plan's figures that people ask for. */
export function summarisePlan(plan: ScoringPlan): PlanSummary {
  const { read, write, model } = plan;
  return {
    rows: plan.expected.rows,
    bytes: plan.expected.bytes,
    seconds: plan.expected.seconds,
    paging: read.paging,
    snapshot: read.snapshot,
    chunk_rows: read.chunkRows,
    workers: plan.workers,
    model: model.uri,
    model_version: model.version,
    view: `${write.view.schema}.${write.view.name}`,
    outputs: plan.scoring.outputs.map(({ column }) => column),
    live_version: plan.liveVersion,
    fingerprint: plan.fingerprint,
  };
}
