import type { ResolvedTarget } from '../config/index.js';
import type { RunFinished } from '../observe/events.js';
import { findOpenRejects, type OpenRejects } from './open-rejects.js';
import type { RunOptions } from './run-options.js';
import { runTarget } from './run-target.js';
import type { WarehouseSession } from './session.js';

/**
 * Scores again the rows that the live publish's run rejected, and publishes them beside all others. A run like any
 * other, whose source is these rows and whose deletes are kept.
 *
 * @returns null where no rejects are open
 * @throws PLAN_INVALID where the target has not published yet
 */
export async function redriveTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: RunOptions,
): Promise<RunFinished | null> {
  const redrive = await findOpenRejects(session, target, options.signal);
  if (redrive === null) return null;
  return runTarget(session, toRedriven(target, redrive), { ...options, redrive });
}

/** A rate of the budget counts every row that readers will have, not just those few: so it becomes a number of rows. */
function toRedriven(target: ResolvedTarget, { published, rows: open }: OpenRejects): ResolvedTarget {
  const { rows, of } = target.errors.budget;
  const budget =
    of === null ? { rows, of } : { rows: Math.floor((rows * (published + open)) / of), of: null };
  return {
    ...target,
    write: { ...target.write, deletes: 'keep' },
    errors: { ...target.errors, budget },
  };
}
