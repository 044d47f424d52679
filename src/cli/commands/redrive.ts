import { EXIT } from '../../contract/index.js';
import { redriveTarget } from '../../run/redrive-target.js';
import { findTarget, loadContext, openSession } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { newHumanReporter } from '../output/human.js';
import { newNdjsonReporter, reportFinished } from '../output/ndjson.js';
import { readVersion } from '../version.js';

export interface RedriveArgs extends ProjectArgs {
  readonly target: string;
  readonly dryRun?: boolean;
}

/** Scores the open rejects of a target again. */
export async function redrive(args: RedriveArgs, env: CommandEnv): Promise<number> {
  const { dryRun = false, json = false } = args;
  const loaded = await loadContext(args, env);
  const target = findTarget(loaded, args.target);
  const session = await openSession(loaded, args, env, { write: !dryRun, lockWaitMs: 0 });
  await using _adapter = session.adapter;
  const finished = await redriveTarget(session, target, {
    signal: env.signal,
    emit: json ? newNdjsonReporter(env) : newHumanReporter(env),
    program: `scorehouse ${readVersion()}`,
    dryRun,
  });
  if (finished !== null) return finished.exit_code;
  if (json) reportFinished(env, target.name, 'nothing', EXIT.ok);
  else env.stdout.write(`${target.name}: no rejected rows are open, nothing to redrive\n`);
  return EXIT.ok;
}
