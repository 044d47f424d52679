import { readRuns } from '../ledger/runs.js';
import { readPublishes, readVersions } from '../ledger/versions.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { chooseDropped, type Dropped, dropVersions } from '../publish/retention.js';
import { dropHelpers, findHelpers, helpersOf, SHORT_LIVED } from './helper-tables.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';

/** How long the tidying after a publish may take. */
const TIDYING_MS = 8000;

/** How many runs back helper tables are looked for: they outlive their run only where somebody held them. */
const RUNS_BACK = 1000;

/** Drops what is no longer kept. The publish stands whatever happens here: a failure is only told. */
export async function retire(session: WarehouseSession, run: RunLog, plan: ScoringPlan): Promise<void> {
  const signal = AbortSignal.timeout(TIDYING_MS);
  try {
    await retireHelpers(session, run, signal);
    await retireVersions(session, run, plan, signal);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    run.tell({ event: 'warning', message: `published; old versions could not be dropped: ${cause}` });
  }
}

/**
 * This run's staging, that of runs which a gate refused, and images of merges that no rollback reaches any more. A run
 * of a higher epoch has begun since this one let the target go: what is there of it is its own.
 */
async function retireHelpers({ ledger }: WarehouseSession, run: RunLog, signal: AbortSignal): Promise<void> {
  const own = helpersOf(run.runId, SHORT_LIVED);
  const kept = helpersOf(run.runId, ['undo', 'redo']);
  const others = (await findHelpers(ledger, signal)).filter((name) => ![...own, ...kept].includes(name));
  const runs = others.length === 0 ? [] : await readRuns(ledger, run.target.name, RUNS_BACK, signal);
  const ended = runs
    .filter((row) => BigInt(row.epoch ?? 0) < run.hold.epoch)
    .flatMap((row) => helpersOf(String(row.run_id), [...SHORT_LIVED, 'undo', 'redo']));
  await dropHelpers(ledger, [...own, ...ended], signal);
}

async function retireVersions(
  { ledger }: WarehouseSession,
  run: RunLog,
  plan: ScoringPlan,
  signal: AbortSignal,
): Promise<void> {
  const live = run.publishedVersion ?? 0;
  const versions = await readVersions(ledger, plan.target, signal);
  const publishes = await readPublishes(ledger, plan.target, signal);
  const rollbackTo = publishes.map(({ version }) => version).find((version) => version !== live) ?? null;
  const chosen = chooseDropped(versions, live, rollbackTo, plan.write.keepVersions);
  if (chosen.length === 0) return;
  tellDropped(run, await dropVersions(ledger, plan.write.view, chosen, publishes, run.hold, signal));
}

function tellDropped(run: RunLog, { dropped, waiting, needed }: Dropped): void {
  if (dropped.length > 0) run.tell({ event: 'dropped', versions: dropped });
  if (waiting.length > 0) {
    const message = `version ${waiting.join(', ')} is still being read; the next run drops it`;
    run.tell({ event: 'warning', message });
  }
  for (const { version, by } of needed) {
    run.tell({ event: 'warning', message: `version ${version} is kept: ${by.join(', ')} depends on it` });
  }
}
