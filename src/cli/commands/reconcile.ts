import { type Reconciled, reconcileTarget } from '../../run/reconcile-target.js';
import { chooseTargets, loadContext, openSession } from '../context.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { formatCount, toJson } from '../output/text.js';
import { readVersion } from '../version.js';

/** Finds out how runs ended that did not say so. */
export async function reconcile(args: SelectionArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, { write: true, lockWaitMs: 0 });
  await using _adapter = session.adapter;
  const found: (Reconciled & { readonly target: string })[] = [];
  for (const target of targets) {
    const runs = await reconcileTarget(session, target, `scorehouse ${readVersion()}`, env.signal);
    found.push(...runs.map((run) => ({ target: target.name, ...run })));
  }
  if (args.json === true) env.stdout.write(`${toJson({ runs: found }, 2)}\n`);
  else if (found.length === 0) env.stdout.write('nothing is in doubt\n');
  else for (const run of found) env.stdout.write(`${run.target}: ${renderReconciled(run)}\n`);
  return 0;
}

function renderReconciled({ run_id: runId, was, now, chunks, rows, resume }: Reconciled): string {
  if (now === 'published') return `run ${runId} (${was}) was published`;
  const staged = `${formatCount(rows)} rows in ${chunks} chunks are staged`;
  const next = resume === null ? 'the next run starts over' : 'the next run goes on with it';
  return `run ${runId} (${was}) was not published; ${staged}; ${next}`;
}
