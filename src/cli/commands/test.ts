import { EXIT, exitCodeOf, isScoringError } from '../../contract/index.js';
import { type TestOutcome, testTarget } from '../../run/test-target.js';
import { chooseTargets, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { renderFailure } from '../output/human.js';
import { toCell, toJson } from '../output/text.js';

interface TargetReport {
  readonly target: string;
  readonly tests: readonly TestOutcome[];
  /** Where the tests could not be asked. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Scores every selected target's examples; the targets that cannot be asked do not stop the others. */
export async function test(args: SelectionArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const reports: TargetReport[] = [];
  let broken = 0;
  for (const target of targets) {
    try {
      reports.push({ target: target.name, tests: await testTarget(session, target, env.signal) });
    } catch (error) {
      if (!isScoringError(error) || env.signal.aborted) throw error;
      broken ||= exitCodeOf(error);
      const { code, stage, message, hint } = error;
      reports.push({ target: target.name, tests: [], error: { code, message } });
      env.stderr.write(`fail  ${target.name}: ${renderFailure(code, stage, message, hint)}`);
    }
  }
  if (args.json === true) env.stdout.write(`${toJson({ targets: reports }, 2)}\n`);
  else env.stdout.write(reports.map(renderReport).join(''));
  const failed = reports.some(({ tests }) => tests.some(({ passed }) => !passed));
  return broken || (failed ? EXIT.refused : EXIT.ok);
}

function renderReport({ target, tests, error }: TargetReport): string {
  if (error !== undefined) return '';
  if (tests.length === 0) return `none  ${target}: no tests\n`;
  return tests
    .map(({ name, passed, failures }) => {
      const what = failures.map(({ column, expected, got }) => `${column} expected ${expected}, got ${got}`);
      return `${toCell(`${passed ? 'ok' : 'fail'}`.padEnd(6) + [`${target}: ${name}`, ...what].join('; '))}\n`;
    })
    .join('');
}
