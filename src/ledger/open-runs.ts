import { type Ledger, ledgerRelation, queryRows, type Row, renderLedger } from './ledger.js';
import type { ResumePoint, RunState } from './runs.js';

/** A run that has neither published nor been closed. */
export interface OpenRun {
  readonly runId: string;
  readonly epoch: bigint;
  readonly state: RunState;
  readonly resume: ResumePoint | null;
  readonly fingerprint: string | null;
  readonly sqlHash: string | null;
  readonly modelSha256: string | null;
  readonly engineVersion: string | null;
  readonly cpuFeatures: string | null;
  readonly snapshot: string | null;
  readonly rowsRead: number;
  readonly rowsSuperseded: number;
  /** Since it last wrote, by the warehouse's clock. */
  readonly idleSeconds: number;
}

/** More runs than a target leaves open. */
const MAX_OPEN = 1000;

/** Runs of the target that never finished, or that another may go on with; the newest first. */
export async function readOpenRuns(
  ledger: Ledger,
  target: string,
  signal: AbortSignal,
): Promise<readonly OpenRun[]> {
  const [table, chunks] = [ledgerRelation(ledger, 'runs'), ledgerRelation(ledger, 'chunks')];
  const statement = renderLedger(ledger, 'runs_open', { table, chunks, target });
  return (await queryRows(ledger, statement, MAX_OPEN, signal)).map(toOpenRun);
}

function toOpenRun(row: Row): OpenRun {
  const text = (name: string) => textOf(row, name);
  return {
    runId: String(row.run_id),
    epoch: BigInt(row.epoch ?? 0),
    state: String(row.state) as RunState,
    resume: text('resume') as ResumePoint | null,
    fingerprint: text('fingerprint'),
    sqlHash: text('sql_hash'),
    modelSha256: text('model_sha256'),
    engineVersion: text('engine_version'),
    cpuFeatures: text('cpu_features'),
    snapshot: text('snapshot'),
    rowsRead: Number(row.rows_read ?? 0),
    rowsSuperseded: Number(row.rows_superseded ?? 0),
    idleSeconds: Number(row.idle_seconds ?? 0),
  };
}

/** A chunk whose rows are staged, as the ledger has it. */
export interface FinishedChunk {
  readonly chunk: number;
  readonly epoch: bigint;
  /** Its greatest key, as a JSON array of texts. */
  readonly hi: string;
  readonly rows: number;
  readonly rejects: number;
  /** Null of a run of an earlier release. */
  readonly tally: string | null;
}

/** More chunks than a run has. */
const MAX_CHUNKS = 10_000_000;

/** The chunks that a run has finished, in their order. */
export async function readFinishedChunks(
  ledger: Ledger,
  runId: string,
  signal: AbortSignal,
): Promise<readonly FinishedChunk[]> {
  const table = ledgerRelation(ledger, 'chunks');
  const rows = await queryRows(
    ledger,
    renderLedger(ledger, 'chunks_list', { table, runId }),
    MAX_CHUNKS,
    signal,
  );
  return rows.map((row) => ({
    chunk: Number(row.chunk),
    epoch: BigInt(row.epoch ?? 0),
    hi: String(row.hi),
    rows: Number(row.rows),
    rejects: Number(row.rejects),
    tally: textOf(row, 'tally'),
  }));
}

/** More attempts than anybody makes at one run. */
const MAX_ATTEMPTS = 10_000;

/** The epochs under which a run was worked on. */
export async function readAttempts(
  ledger: Ledger,
  runId: string,
  signal: AbortSignal,
): Promise<readonly bigint[]> {
  const table = ledgerRelation(ledger, 'run_log');
  const statement = renderLedger(ledger, 'run_attempts', { table, runId });
  return (await queryRows(ledger, statement, MAX_ATTEMPTS, signal)).map(({ epoch }) => BigInt(epoch ?? 0));
}

function textOf(row: Row, name: string): string | null {
  return row[name] === null || row[name] === undefined ? null : String(row[name]);
}
