import { listRejects, type RejectList } from '../../run/list-rejects.js';
import { findTarget, loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { formatCount, renderTable, toCell, toJson } from '../output/text.js';

export interface QuarantineArgs extends ProjectArgs {
  readonly target: string;
  /** A run's id; where left out the run whose publish readers see. */
  readonly run?: string;
  readonly limit?: number;
}

/** Shows which rows are rejected, and why. */
export async function quarantine(args: QuarantineArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const target = findTarget(loaded, args.target);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  await using _adapter = session.adapter;
  const list = await listRejects(session, target, args.run ?? null, args.limit ?? 20, env.signal);
  env.stdout.write(args.json === true ? `${toJson(list, 2)}\n` : renderList(list));
  return 0;
}

function renderList(list: RejectList): string {
  const { target, run_id, state, rows_rejected, summary, key, rejects } = list;
  const title = `${target}: run ${run_id} (${state}) rejected ${formatCount(rows_rejected)} rows\n`;
  if (summary.length === 0) return title;
  const total = summary.reduce((sum, { rows }) => sum + rows, 0);
  const cut = rejects.length < total ? `the first ${rejects.length} of ${formatCount(total)}` : 'all';
  return [
    title,
    renderTable(
      ['feature', 'reason', 'rows'],
      summary.map(({ feature, reason, rows }) => [feature, reason, rows]),
    ),
    `\n${cut}, from ${toCell(list.table)}:\n`,
    renderTable(
      [...key, 'feature', 'reason'],
      rejects.map((row) => [...key, 'feature', 'reason'].map((name) => row[name])),
    ),
  ].join('');
}
