import type { Failure } from './schedule.js';
import { renderStep } from './steps.js';

/** A failure for people, and its schedule as the line that test/regressions keeps. */
export function renderFailure({ seed, after, schedule, error }: Failure): string {
  const steps = schedule.steps.map((step, i) => `  ${i + 1}. ${renderStep(step)}`);
  return [
    `seed ${seed}, after ${after} schedules: ${error.message}`,
    `  strategy ${schedule.setting.strategy}`,
    ...steps,
    JSON.stringify(schedule),
    ...(error.name === 'Violation' ? [] : [String(error.stack)]),
    '',
  ].join('\n');
}
