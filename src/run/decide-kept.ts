import { type Ledger, ledgerRelation } from '../ledger/ledger.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { Kept } from '../publish/kept.js';
import type { RunLog } from './run-log.js';

/** What of the live version stays beside the rows that a run has staged. */
export function decideKept(
  ledger: Ledger,
  { runId, rowsRejected }: Pick<RunLog, 'runId' | 'rowsRejected'>,
  { write, rejects: { quarantine } }: Pick<ScoringPlan, 'write' | 'rejects'>,
): Kept {
  const keepsGone = write.deletes === 'keep';
  const keepsRejected = write.rejectedRows === 'keep_previous';
  // Rows published with NULL scores are staged like others.
  const absent = rowsRejected > 0 && write.rejectedRows !== 'null';
  if (!absent || keepsGone === keepsRejected || quarantine === null) {
    return { kind: keepsGone ? 'all' : 'none' };
  }
  const chunks = ledgerRelation(ledger, 'chunks');
  return {
    kind: keepsGone ? 'gone' : 'rejected',
    rejects: { quarantine: quarantine.table, chunks, runId },
  };
}
