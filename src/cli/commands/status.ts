import { readLedgerNumber } from '../../ledger/migrate.js';
import { listDiffering } from '../../run/standing.js';
import { readTargetStatus, type TargetStatus } from '../../run/target-status.js';
import { loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { formatSeconds, renderTable, toCell, toJson } from '../output/text.js';

/** What is live, from the ledger's view `target_status`. */
export async function status(args: ProjectArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const session = await openSession(loaded, args, env, { write: false, lockWaitMs: POLITE_WAIT_MS });
  const { adapter, ledger } = session;
  await using _adapter = adapter;
  const found = (await readLedgerNumber(ledger, env.signal)) !== null;
  const rows = found ? await readTargetStatus(ledger, env.signal) : [];
  const differing = await listDiffering(session, loaded.targets, env.signal);
  if (args.json === true) {
    env.stdout.write(`${toJson({ targets: rows, differing }, 2)}\n`);
    return 0;
  }
  if (rows.length === 0) env.stdout.write('nothing has been published yet: scorehouse run\n');
  else {
    const cells = rows.map((row) => [
      row.target,
      row.live_version,
      row.publish_seq,
      row.rows,
      row.age_seconds === null ? '' : `${formatSeconds(Number(row.age_seconds))} ago`,
      renderState(row),
      row.owner,
    ]);
    env.stdout.write(
      renderTable(['target', 'version', 'publish', 'rows', 'published', 'last run', 'owner'], cells),
    );
  }
  for (const { target, message, hint } of differing) {
    env.stderr.write(
      `warning: ${target}: ${toCell(message)}\n${hint === null ? '' : `  next: ${toCell(hint)}\n`}`,
    );
  }
  return 0;
}

function renderState({ last_run_state: state, last_run_alive: alive }: TargetStatus): string {
  if (state === 'unknown') return 'unknown: scorehouse reconcile';
  return alive === false ? `dead (was ${state}): the next run takes it over` : String(state ?? '');
}
