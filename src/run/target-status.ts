import type { Ledger, Row } from '../ledger/ledger.js';
import { readStatus } from '../ledger/runs.js';
import { isAtWork } from './lease.js';

/** A row of the view `target_status`, and whether a run without an end is still at work; null where it has one. */
export type TargetStatus = Row & { readonly last_run_alive: boolean | null };

/** How all targets stand. */
export async function readTargetStatus(
  ledger: Ledger,
  signal: AbortSignal,
): Promise<readonly TargetStatus[]> {
  const rows: TargetStatus[] = [];
  for (const row of await readStatus(ledger, signal)) {
    const open = row.last_run_state === 'running' || row.last_run_state === 'staged';
    const alive = open ? await isAtWork(ledger, String(row.target), signal) : null;
    rows.push({ ...row, last_run_alive: alive });
  }
  return rows;
}
