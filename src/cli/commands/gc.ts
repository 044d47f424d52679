import { ScoringError } from '../../contract/index.js';
import { gcShared, type SharedGarbage } from '../../run/gc-project.js';
import { type GcReport, gcTarget } from '../../run/gc-target.js';
import { chooseTargets, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import { forEachTarget } from '../each-target.js';
import type { CommandEnv, SelectionArgs } from '../options.js';
import { formatCount, toCell, toJson } from '../output/text.js';
import { readVersion } from '../version.js';

export interface GcArgs extends SelectionArgs {
  readonly dryRun?: boolean;
  readonly keepDays?: number;
}

/** Removes what is left over. */
export async function gc(args: GcArgs, env: CommandEnv): Promise<number> {
  const { dryRun = false, keepDays = 90, json = false } = args;
  if (!(keepDays >= 0)) {
    throw new ScoringError('--keep-days takes a number of days, 0 or more', { code: 'USAGE', stage: 'cli' });
  }
  const loaded = await loadContext(args, env);
  const targets = chooseTargets(loaded, args);
  const session = await openSession(loaded, args, env, {
    write: !dryRun,
    lockWaitMs: dryRun ? POLITE_WAIT_MS : 0,
  });
  await using _adapter = session.adapter;
  const { signal } = env;
  const options = { dryRun, keepDays, program: `scorehouse ${readVersion()}`, signal };
  const { code, each } = await forEachTarget(targets, env, async (target) => {
    const report = await gcTarget(session, target, options);
    if (!json) env.stdout.write(renderReport(report, dryRun));
    return report;
  });
  const shared = await gcShared(session, options);
  if (json) {
    const reports = each.map((one) => ('report' in one ? one.report : one));
    env.stdout.write(`${toJson({ dry_run: dryRun, targets: reports, ...shared }, 2)}\n`);
  } else env.stdout.write(renderShared(shared, dryRun));
  return code;
}

function renderReport({ target, skipped, removed, stays, strangers }: GcReport, dryRun: boolean): string {
  if (skipped !== null) return `${target}: skipped, ${skipped}\n`;
  const verb = dryRun ? 'would remove' : 'removed';
  const lines = [
    ...removed.map(({ what, name, rows, why }) => {
      const size = rows === null ? '' : `, ${formatCount(rows)} rows`;
      return `  ${verb} ${what} ${name}${size} (${why})`;
    }),
    ...stays.map(({ name, why }) => `  keeps ${name}: ${why}`),
    ...renderStrangers(strangers),
  ];
  const title = removed.length === 0 ? `${target}: nothing to remove` : target;
  return `${[title, ...lines].map(toCell).join('\n')}\n`;
}

function renderShared({ strangers, copies }: SharedGarbage, dryRun: boolean): string {
  const verb = dryRun ? 'would remove' : 'removed';
  const lines = [
    ...copies.map((folder) => `${verb} ${folder} (a copy of a model, whose process is gone)`),
    ...renderStrangers(strangers),
  ];
  return lines.map((line) => `${toCell(line)}\n`).join('');
}

function renderStrangers(strangers: readonly string[]): readonly string[] {
  return strangers.map((name) => `  ${name} is not ours to drop: the ledger does not know it`);
}
