import { countCores } from '../../score/cores.js';
import { WorkerHandle } from '../../score/worker-handle.js';
import type { CommandEnv } from '../options.js';
import type { RunArgs } from './run-targets.js';

/** Runs the selected targets. The score workers start first: they load their engine while this thread loads the rest. */
export async function run(args: RunArgs, env: CommandEnv): Promise<number> {
  const starting = Array.from({ length: args.dryRun === true ? 1 : countCores() }, () => new WorkerHandle());
  try {
    const { runTargets } = await import('./run-targets.js');
    return await runTargets(args, env, starting);
  } finally {
    await Promise.all(starting.map((worker) => worker.close()));
  }
}
