import { readLedgerNumber } from '../../ledger/migrate.js';
import { readRuns } from '../../ledger/runs.js';
import { loadContext, openSession, POLITE_WAIT_MS } from '../context.js';
import type { CommandEnv, ProjectArgs } from '../options.js';
import { renderTable, toJson } from '../output/text.js';

export interface RunsArgs extends ProjectArgs {
  readonly target?: string;
  readonly limit?: number;
}

/** The latest runs, newest first. */
export async function runs(args: RunsArgs, env: CommandEnv): Promise<number> {
  const loaded = await loadContext(args, env);
  const { adapter, ledger } = await openSession(loaded, args, env, {
    write: false,
    lockWaitMs: POLITE_WAIT_MS,
  });
  await using _adapter = adapter;
  const found = (await readLedgerNumber(ledger, env.signal)) !== null;
  const rows = found ? await readRuns(ledger, args.target ?? null, args.limit ?? 20, env.signal) : [];
  if (args.json === true) env.stdout.write(`${toJson({ runs: rows }, 2)}\n`);
  else {
    const headings = [
      'run_id',
      'target',
      'state',
      'rows_read',
      'rows_rejected',
      'rows_published',
      'started_at',
      'error_code',
      'resume',
    ];
    env.stdout.write(
      renderTable(
        headings,
        rows.map((row) => headings.map((name) => row[name])),
      ),
    );
  }
  return 0;
}
