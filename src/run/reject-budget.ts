import { ScoringError } from '../contract/index.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderRejectCounts } from './feature-counts.js';
import type { Tally } from './tally.js';

type Budget = ScoringPlan['rejects']['budget'];

/**
 * True as soon as the rejects are too many, whatever comes.
 *
 * @param total rows of the whole source
 */
export function isOverBudget({ rows, of }: Budget, rejected: number, total: number): boolean {
  if (of === null) return rejected > rows;
  // Not by a rounded share: 7 of 1,000 are 0.7 %, and 0.007 is not.
  return rejected * of > rows * total;
}

/**
 * @throws REJECT_BUDGET where the rejects are too many, or all that there was; SCORING where the engine took no row
 */
export function assertBudget(
  { target, rejects: { budget, quarantine } }: Pick<ScoringPlan, 'target' | 'rejects'>,
  runId: string,
  { scored, rejected, counts, engineError }: Pick<Tally, 'scored' | 'rejected' | 'counts' | 'engineError'>,
  total: number,
  allowEmpty: boolean,
): void {
  const isOver = isOverBudget(budget, rejected, total);
  if (rejected === 0 || (!isOver && (scored > 0 || allowEmpty))) return;
  const byEngine = counts.filter(({ action }) => action === 'quarantine');
  if (scored === 0 && engineError !== null && byEngine.every(({ reason }) => reason === 'engine')) {
    throw new ScoringError(engineError, { code: 'SCORING', stage: 'score', details: { counts } });
  }
  const found = `${rejected} of ${total} rows were rejected`;
  const allowed = budget.of === null ? `${budget.rows} rows` : renderShare(budget);
  throw new ScoringError(
    `${found}${isOver ? `, more than errors.budget allows (${allowed})` : ', and none was scored'}: ${renderRejectCounts(counts)}`,
    {
      code: 'REJECT_BUDGET',
      stage: 'score',
      details: { rejected, total, counts },
      hint: `${quarantine === null ? '' : `See which: scorehouse quarantine ${target} --run ${runId}. `}Repair the rows, say in the target what such values mean, or raise errors.budget. Nothing was published.`,
    },
  );
}

function renderShare({ rows, of }: Budget): string {
  return of === 100 ? `${rows} %` : String(rows);
}
