import type { ResolvedTarget } from '../config/index.js';
import { EXIT, exitCodeOf, isScoringError, throwIfInterrupted } from '../contract/index.js';
import type { CommandEnv } from './options.js';
import { renderFailure } from './output/human.js';

/** Several targets: the code is the first found of these. */
const WORST_FIRST = [
  EXIT.interrupted,
  EXIT.unknown,
  EXIT.environment,
  EXIT.usage,
  EXIT.lease,
  EXIT.refused,
  EXIT.failed,
];

/** The exit code of a command over several targets. */
export function worstOf(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.ok;
}

/** What a target came to: a report, or an error as `--json` shows it. */
export type Each<Report> =
  | { readonly report: Report }
  | { readonly target: string; readonly error: Readonly<Record<string, unknown>> };

/** Does the work for one target after the other; a failing one is told on stderr and does not stop the others. */
export async function forEachTarget<Report>(
  targets: readonly ResolvedTarget[],
  env: CommandEnv,
  work: (target: ResolvedTarget) => Promise<Report>,
): Promise<{ readonly code: number; readonly each: readonly Each<Report>[] }> {
  const codes: number[] = [];
  const each: Each<Report>[] = [];
  for (const target of targets) {
    throwIfInterrupted(env.signal, 'cli');
    try {
      each.push({ report: await work(target) });
    } catch (error) {
      throwIfInterrupted(env.signal, 'cli');
      if (!isScoringError(error)) throw error;
      const { code, stage, message, hint, details } = error;
      codes.push(exitCodeOf(error));
      each.push({ target: target.name, error: { code, stage, message, hint, details } });
      env.stderr.write(renderFailure(code, stage, message, hint));
    }
  }
  return { code: worstOf(codes), each };
}
