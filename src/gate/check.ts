import type { Relation, Statement } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';

/** One check and what it found. */
export interface GateCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly finding: string;
}

export interface GateInput {
  readonly ledger: Ledger;
  readonly plan: ScoringPlan;
  readonly runId: string;
  readonly staging: Relation;
  /** Rows of the source by the warehouse's own count under the run's snapshot. */
  readonly sourceRows: number;
  /** How many of them a later row of their key took the place of. */
  readonly superseded: number;
  /** True where a unique index over the key proves that none repeats. */
  readonly unique: boolean;
  readonly signal: AbortSignal;
}

/** Runs a statement that returns one row of counts. */
export async function queryCounts(input: GateInput, statement: Statement): Promise<readonly number[]> {
  const { rows } = await input.ledger.adapter.query(statement, { maxRows: 1, signal: input.signal });
  return (rows[0] ?? []).map(Number);
}
