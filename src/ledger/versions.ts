import type { Snapshot, Statement } from '../contract/index.js';
import { type Ledger, ledgerRelation, queryRows, type Row, renderLedger } from './ledger.js';

export type VersionState = 'filling' | 'live' | 'kept' | 'failed' | 'dropping' | 'dropped';

export interface VersionRecord {
  readonly target: string;
  readonly version: number;
  /** The physical table's name in the view's schema. */
  readonly relation: string;
  readonly runId: string | null;
  readonly modelSha256: string | null;
  readonly modelVersion: string | null;
  /** When its run began to score, with the zone. */
  readonly scoredAt: string | null;
  readonly contractHash: string | null;
  readonly state: VersionState;
}

/** All versions of a target, oldest first, in their newest state. */
export async function readVersions(
  ledger: Ledger,
  target: string,
  signal: AbortSignal,
): Promise<readonly VersionRecord[]> {
  const table = ledgerRelation(ledger, 'versions');
  const rows = await queryRows(
    ledger,
    renderLedger(ledger, 'versions_list', { table, target }),
    100_000,
    signal,
  );
  return rows.map((row) => toVersion(target, row));
}

function toVersion(target: string, row: Row): VersionRecord {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  return {
    target,
    version: Number(row.version),
    relation: String(row.relation),
    runId: text('run_id'),
    modelSha256: text('model_sha256'),
    modelVersion: text('model_version'),
    scoredAt: text('scored_at'),
    contractHash: text('contract_hash'),
    state: String(row.state) as VersionState,
  };
}

/** Logs the version in its new state. */
export function renderVersionAppend(ledger: Ledger, record: VersionRecord): Statement {
  return renderLedger(ledger, 'version_append', { table: ledgerRelation(ledger, 'version_log'), ...record });
}

export type PublishKind = 'run' | 'promote' | 'rollback';

export interface PublishRecord {
  readonly target: string;
  readonly publishSeq: bigint;
  readonly version: number;
  readonly runId: string | null;
  readonly kind: PublishKind;
  readonly rows: number | null;
}

export function renderPublishInsert(ledger: Ledger, record: PublishRecord): Statement {
  return renderLedger(ledger, 'publish_insert', { table: ledgerRelation(ledger, 'publishes'), ...record });
}

/** What a run recorded of the table that it published. */
export interface PublishedRun {
  readonly runId: string;
  readonly rows: number;
  /** 16 hex digits; null of a run before there were hashes. */
  readonly keyHash: string | null;
  readonly valueHash: string | null;
}

/** The run whose rows a version holds: that of its newest publish. Null where no run has published it. */
export async function readPublishedRun(
  ledger: Ledger,
  target: string,
  version: number,
  snapshot: Snapshot | null,
  signal: AbortSignal,
): Promise<PublishedRun | null> {
  const statement = renderLedger(ledger, 'published_run', {
    publishes: ledgerRelation(ledger, 'publishes'),
    runs: ledgerRelation(ledger, 'runs'),
    target,
    version,
  });
  const [row] = await queryRows(ledger, statement, 1, signal, snapshot);
  if (row === undefined) return null;
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  return {
    runId: String(row.run_id),
    rows: Number(row.rows_published),
    keyHash: text('key_hash'),
    valueHash: text('value_hash'),
  };
}

/** The newest publishes of a target, newest first, as the ledger has them. */
export async function readPublishRows(
  ledger: Ledger,
  target: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const table = ledgerRelation(ledger, 'publishes');
  return queryRows(ledger, renderLedger(ledger, 'publishes_list', { table, target, limit }), limit, signal);
}

/** More publishes back than any command looks. */
const MAX_PUBLISHES = 1000;

/** The newest publishes of a target, newest first; all that any command looks back at where no limit is given. */
export async function readPublishes(
  ledger: Ledger,
  target: string,
  signal: AbortSignal,
  limit = MAX_PUBLISHES,
): Promise<readonly PublishRecord[]> {
  const rows = await readPublishRows(ledger, target, limit, signal);
  return rows.map((row) => ({
    target,
    publishSeq: BigInt(row.publish_seq ?? 0),
    version: Number(row.version),
    runId: row.run_id === null ? null : String(row.run_id),
    kind: String(row.kind) as PublishKind,
    rows: row.rows === null ? null : Number(row.rows),
  }));
}
