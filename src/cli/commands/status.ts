import type { Ledger, Row } from '../../ledger/ledger.js';
import { readLedgerNumber } from '../../ledger/migrate.js';
import { readStatus } from '../../ledger/runs.js';
import { isAtWork } from '../../run/lease.js';
import { loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { formatSeconds, renderTable, toJson } from '../output/text.js';

/** What is live, from the ledger's view `target_status`. */
export async function status(args: ProjectArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const { adapter, ledger } = await openSession(loaded, args, env, {
    write: false,
    lockWaitMs: POLITE_WAIT_MS,
  });
  await using _adapter = adapter;
  const found = (await readLedgerNumber(ledger, env.signal)) !== null;
  const rows = found ? await readRows(ledger, env.signal) : [];
  if (args.json === true) {
    env.stdout.write(`${toJson({ targets: rows }, 2)}\n`);
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
  return 0;
}

/** What a status says beside the view: whether a run without an end is still at work. */
type StatusRow = Row & { readonly last_run_alive: boolean | null };

async function readRows(ledger: Ledger, signal: AbortSignal): Promise<readonly StatusRow[]> {
  const rows: StatusRow[] = [];
  for (const row of await readStatus(ledger, signal)) {
    const open = row.last_run_state === 'running' || row.last_run_state === 'staged';
    const alive = open ? await isAtWork(ledger, String(row.target), signal) : null;
    rows.push({ ...row, last_run_alive: alive });
  }
  return rows;
}

function renderState({ last_run_state: state, last_run_alive: alive }: StatusRow): string {
  if (state === 'unknown') return 'unknown: scorehouse reconcile';
  return alive === false ? `dead (was ${state}): the next run takes it over` : String(state ?? '');
}
