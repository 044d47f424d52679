import { exitCodeOf, isScoringError } from '../../contract/index.js';
import { prepareRun } from '../../run/prepare.js';
import { chooseTargets, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { renderFailure } from '../output/human.js';
import { toCell, toJson } from '../output/text.js';

interface CheckResult {
  readonly target: string;
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
}

/** Checks every selected target and tells all that is wrong. */
export async function check(args: SelectionArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const results: CheckResult[] = [];
  let exitCode = 0;
  for (const target of targets) {
    try {
      await using prepared = await prepareRun(session, target, { signal: env.signal });
      results.push({ target: target.name, ok: true });
      if (args.json !== true) {
        const { model, scoring } = prepared.plan;
        env.stdout.write(
          `ok    ${target.name}: ${toCell(model.uri)}, ${scoring.models.flatMap(({ tensors, text }) => [...tensors, ...(text?.inputs ?? [])]).length} inputs, ${scoring.outputs.length} outputs\n`,
        );
      }
    } catch (error) {
      if (!isScoringError(error) || env.signal.aborted) throw error;
      exitCode ||= exitCodeOf(error);
      results.push({ target: target.name, ok: false, code: error.code, message: error.message });
      env.stderr.write(
        `fail  ${target.name}: ${renderFailure(error.code, error.stage, error.message, error.hint)}`,
      );
    }
  }
  if (args.json === true) env.stdout.write(`${toJson({ targets: results }, 2)}\n`);
  return exitCode;
}
