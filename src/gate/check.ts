import type { Column, Relation, SmallValue, Statement } from '../contract/index.js';
import type { Hold } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import type { OutputFaults } from '../plan/output-faults.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';

/** One check and what it found. */
export interface GateCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What was found, and what was expected. */
  readonly finding: string;
  /** Why a passed check has nothing to say, for people. */
  readonly note?: string;
  /** A query that shows what is wrong. */
  readonly look?: string;
}

/** The version that readers see. */
export interface LiveVersion {
  /** Its table. */
  readonly relation: Relation;
  /** What that holds; nothing where it is gone. */
  readonly stored: readonly Column[];
}

export interface GateInput {
  readonly ledger: Ledger;
  readonly plan: ScoringPlan;
  readonly runId: string;
  /** What its writes are fenced by. */
  readonly hold: Hold;
  readonly staging: Relation;
  /** Rows of the source by the warehouse's own count under the run's snapshot. */
  readonly sourceRows: number;
  /** How many of them a later row of their key took the place of. */
  readonly superseded: number;
  /** How many of them were rejected, by the run's own count. */
  readonly rejected: number;
  /** Comes when the staging has its indexes and statistics; true where an index over the key proves that none repeats. */
  readonly unique: Promise<boolean>;
  /** Null before the first publish. */
  readonly live: LiveVersion | null;
  /** What the prediction columns cannot show, in their order. */
  readonly faults: readonly OutputFaults[];
  readonly signal: AbortSignal;
}

/** Runs a query of the gate. */
export async function queryGate(
  { ledger, signal }: GateInput,
  statement: Statement,
  maxRows: number,
): Promise<readonly (readonly SmallValue[])[]> {
  const { rows } = await ledger.adapter.query(statement, { maxRows, stage: 'gate', signal });
  return rows;
}

/** Runs a query that returns one row of counts. */
export async function queryCounts(input: GateInput, statement: Statement): Promise<readonly number[]> {
  const [row] = await queryGate(input, statement, 1);
  return (row ?? []).map(Number);
}

/** The outputs' columns as the predictions have them, in the target's order. */
export function outputColumns({ write, scoring }: ScoringPlan): readonly Column[] {
  return write.columns.slice(-scoring.outputs.length);
}
