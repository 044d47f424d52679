import { type Reconciled, reconcileReaders, reconcileTarget } from '../../run/reconcile-target.js';
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
  const followed: { readonly target: string; readonly version: number }[] = [];
  const program = `scorehouse ${readVersion()}`;
  for (const target of targets) {
    const runs = await reconcileTarget(session, target, program, env.signal);
    found.push(...runs.map((run) => ({ target: target.name, ...run })));
    const version = await reconcileReaders(session, target, program, env.signal);
    if (version !== null) followed.push({ target: target.name, version });
  }
  const lines = [
    ...found.map((run) => `${run.target}: ${renderReconciled(run)}`),
    ...followed.map(
      ({ target, version }) => `${target}: readers were behind, and see version ${version} now`,
    ),
  ];
  if (args.json === true) env.stdout.write(`${toJson({ runs: found, followed }, 2)}\n`);
  else env.stdout.write(`${lines.join('\n') || 'nothing is in doubt'}\n`);
  return 0;
}

function renderReconciled({ run_id: runId, was, now, chunks, rows, resume }: Reconciled): string {
  if (now === 'published') return `run ${runId} (${was}) was published`;
  const staged = `${formatCount(rows)} rows in ${chunks} chunks are staged`;
  const next = resume === null ? 'the next run starts over' : 'the next run goes on with it';
  return `run ${runId} (${was}) was not published; ${staged}; ${next}`;
}
