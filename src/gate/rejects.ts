import { ledgerRelation } from '../ledger/ledger.js';
import { type GateCheck, type GateInput, queryCounts } from './check.js';

/** Keys of a run's rejected rows, by the warehouse's own count. */
export interface Quarantined {
  readonly keys: number;
  /** Those of them that are staged too. */
  readonly staged: number;
}

/** Null where no row was rejected, or where they are only counted. */
export async function countQuarantined(input: GateInput): Promise<Quarantined | null> {
  const { ledger, plan, staging, runId, rejected } = input;
  const { quarantine } = plan.rejects;
  if (rejected === 0 || quarantine === null) return null;
  const chunks = ledgerRelation(ledger, 'chunks');
  const { key } = plan.write;
  const context = { staging, quarantine: quarantine.table, chunks, runId, key };
  const [keys = 0, staged = 0] = await queryCounts(input, ledger.sql.render('gate/rejects', context));
  return { keys, staged };
}

/** Whether each rejected row is recorded, and none of their keys belongs to a row that was scored. */
export function checkQuarantine({ plan, rejected }: GateInput, { keys, staged }: Quarantined): GateCheck {
  const expected = plan.write.rejectedRows === 'null' ? keys : 0;
  return {
    name: 'rejected keys',
    passed: keys === rejected && staged === expected,
    finding: `${rejected} rows rejected, ${keys} keys in quarantine, ${staged} of them staged`,
  };
}
