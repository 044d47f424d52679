import { type RepairReport, repairTarget } from '../../run/repair-target.js';
import { chooseTargets, loadContext, openSession } from '../context.js';
import { forEachTarget } from '../each-target.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { toJson } from '../output/text.js';
import { readVersion } from '../version.js';

/** Makes what readers use again where it differs from the ledger. */
export async function repair(args: SelectionArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, { write: true, lockWaitMs: 0 });
  await using _adapter = session.adapter;
  const program = `scorehouse ${readVersion()}`;
  const { code, each } = await forEachTarget(targets, env, async (target) => {
    const report = await repairTarget(session, target, program, env.signal);
    if (args.json !== true) env.stdout.write(`${renderReport(report)}\n`);
    return report;
  });
  if (args.json === true) {
    const reports = each.map((one) => ('report' in one ? one.report : one));
    env.stdout.write(`${toJson({ targets: reports }, 2)}\n`);
  }
  return code;
}

function renderReport({ target, view, version, repaired }: RepairReport): string {
  if (view === null) return `${target}: nothing was published yet, nothing to repair`;
  if (repaired === null) return `${target}: ${view} shows version ${version}, nothing to repair`;
  return `${target}: ${view} shows version ${version} again; ${repaired} before`;
}
