import type { Statement } from '../contract/index.js';
import { type Ledger, ledgerRelation, queryRows, type Row, renderLedger } from './ledger.js';

/**
 * Where a later run may go on with a run that ended without publishing: at its `chunks`, of a frozen input whose first
 * ones are loaded, or at what it has `staged`, which is all that it read.
 */
export type ResumePoint = 'chunks' | 'staged';

export type RunState =
  | 'running'
  | 'staged'
  | 'refused'
  | 'failed'
  | 'published'
  | 'unknown'
  | 'abandoned'
  | 'interrupted';

/** A run as the ledger logs it; every log row is the whole record, the newest one counts. */
export interface RunRecord {
  readonly runId: string;
  readonly target: string;
  readonly state: RunState;
  readonly fingerprint: string | null;
  readonly modelSha256: string | null;
  readonly modelVersion: string | null;
  readonly engineVersion: string | null;
  readonly cpuFeatures: string | null;
  readonly sqlHash: string | null;
  readonly snapshot: string | null;
  readonly rowsRead: number | null;
  readonly rowsScored: number | null;
  readonly rowsRejected: number | null;
  readonly rowsPublished: number | null;
  /** 16 hex digits, as src/hash/README.md defines them. */
  readonly keyHash: string | null;
  readonly valueHash: string | null;
  readonly bytes: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly epoch: bigint;
  /** Null where nothing is left to go on with. */
  readonly resume: ResumePoint | null;
  readonly rowsSuperseded: number | null;
}

/** Appends the record to the run log. */
export function renderRunAppend(ledger: Ledger, record: RunRecord): Statement {
  const finished = record.state !== 'running' && record.state !== 'staged';
  return renderLedger(ledger, 'run_append', {
    table: ledgerRelation(ledger, 'run_log'),
    finished,
    ...record,
  });
}

export interface ChunkRecord {
  readonly runId: string;
  readonly chunk: number;
  readonly epoch: bigint;
  /** Keys as JSON arrays of texts; null where the range is open. */
  readonly lo: string | null;
  readonly hi: string | null;
  /** Rows loaded. */
  readonly rows: number;
  /** Rows rejected, whether they are loaded or not. */
  readonly rejects: number;
  readonly loadKey: bigint;
  /** What else was counted of its rows, as JSON; for whoever goes on with the run. */
  readonly tally: string;
}

export function renderChunkInsert(ledger: Ledger, record: ChunkRecord): Statement {
  return renderLedger(ledger, 'chunk_insert', { table: ledgerRelation(ledger, 'chunks'), ...record });
}

/**
 * Closes the target's open runs: whoever holds the control row knows that their processes are dead.
 *
 * @param except the run that goes on
 */
export function renderRunsAbandon(ledger: Ledger, target: string, except: string | null): Statement {
  return renderLedger(ledger, 'runs_abandon', { table: ledgerRelation(ledger, 'run_log'), target, except });
}

/** Logs how a run ended that could not say so itself. */
export function renderRunClose(
  ledger: Ledger,
  runId: string,
  state: RunState,
  resume: ResumePoint | null,
): Statement {
  const table = ledgerRelation(ledger, 'run_log');
  return renderLedger(ledger, 'run_close', { table, runId, state, resume });
}

/** The newest runs, of one target or of all. */
export async function readRuns(
  ledger: Ledger,
  target: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const table = ledgerRelation(ledger, 'runs');
  return queryRows(ledger, renderLedger(ledger, 'runs_list', { table, target, limit }), limit, signal);
}

/** The rows of the view `target_status`. */
export async function readStatus(ledger: Ledger, signal: AbortSignal): Promise<readonly Row[]> {
  const table = ledgerRelation(ledger, 'target_status');
  return queryRows(ledger, renderLedger(ledger, 'status', { table }), 10_000, signal);
}

/** The view that the target's last run wrote to, null before its first. */
export async function readTargetRelation(
  ledger: Ledger,
  target: string,
  signal: AbortSignal,
): Promise<string | null> {
  const table = ledgerRelation(ledger, 'target_log');
  const rows = await queryRows(ledger, renderLedger(ledger, 'target_relation', { table, target }), 1, signal);
  return rows[0] === undefined ? null : String(rows[0].relation);
}

/** Keeps the target's owner and relation in the ledger, for `target_status`. */
export function renderTargetAppend(
  ledger: Ledger,
  target: { readonly name: string; readonly owner?: string; readonly description?: string },
  relation: string,
): Statement {
  return renderLedger(ledger, 'target_append', {
    table: ledgerRelation(ledger, 'target_log'),
    target: target.name,
    owner: target.owner ?? null,
    description: target.description ?? null,
    relation,
  });
}
