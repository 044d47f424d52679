import type { ResolvedTarget } from '../config/index.js';
import { renderRelation, ScoringError, type SmallValue } from '../contract/index.js';
import { ledgerRelation, nameInLedger, queryRows, type Row } from '../ledger/ledger.js';
import { readLedgerNumber } from '../ledger/migrate.js';
import { readRuns } from '../ledger/runs.js';
import { readPublishes } from '../ledger/versions.js';
import { findQuarantineKey, quarantineRelation } from '../plan/bind-rejects.js';
import { buildViewRelation } from '../plan/build.js';
import type { WarehouseSession } from './session.js';

/** More runs back than anybody asks for. */
const MAX_RUNS = 10_000;

/** More pairs of feature and reason than a target has. */
const MAX_SUMMARY = 10_000;

/** Rejected rows of a run, by their keys. */
export interface RejectList {
  readonly target: string;
  readonly run_id: string;
  readonly state: string;
  readonly rows_rejected: number;
  /** `schema.name`; null where nothing was ever rejected. */
  readonly table: string | null;
  readonly summary: readonly {
    readonly feature: string | null;
    readonly reason: string;
    readonly rows: number;
  }[];
  /** The key's names. */
  readonly key: readonly string[];
  /** One for each feature and reason of a row: its key under the key's names, `feature` and `reason`. */
  readonly rejects: readonly Readonly<Record<string, SmallValue>>[];
}

/**
 * Lists rejects: keys and reasons, never the values of features.
 *
 * @param runId where null the run's whose publish readers see: its rejects are open, nobody has scored them since. Before
 *   the first publish the latest run's
 * @param limit most rejects to list; the summary has all
 * @throws USAGE where the target has no such run
 */
export async function listRejects(
  session: WarehouseSession,
  target: ResolvedTarget,
  runId: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<RejectList> {
  const { ledger, adapter, warehouse } = session;
  const run = await findRun(session, target.name, runId, signal);
  const quarantine = quarantineRelation(
    buildViewRelation(target, warehouse, adapter.dialect),
    adapter.dialect,
  );
  const found = await adapter.inspect(quarantine, signal);
  const key = found === null ? null : findQuarantineKey(found.columns);
  const facts = {
    target: target.name,
    run_id: String(run.run_id),
    state: String(run.state),
    rows_rejected: Number(run.rows_rejected ?? 0),
  };
  if (key === null) return { ...facts, table: null, summary: [], key: [], rejects: [] };
  const chunks = ledgerRelation(ledger, 'chunks');
  const context = { quarantine, chunks, runId: facts.run_id, key, limit };
  const summary = ledger.sql.render('quarantine/summary', context);
  const list = ledger.sql.render('quarantine/list', context);
  return {
    ...facts,
    table: renderRelation(quarantine),
    summary: (await queryRows(ledger, summary, MAX_SUMMARY, signal)).map(toSummary),
    key: key.map(({ name }) => nameInLedger(ledger, name)),
    rejects: await queryRows(ledger, list, limit, signal),
  };
}

async function findRun(
  { ledger }: WarehouseSession,
  target: string,
  runId: string | null,
  signal: AbortSignal,
): Promise<Row> {
  const there = (await readLedgerNumber(ledger, signal)) !== null;
  const [newest] = there && runId === null ? await readPublishes(ledger, target, signal, 1) : [];
  const wanted = runId ?? newest?.runId ?? null;
  const runs = there ? await readRuns(ledger, target, wanted === null ? 1 : MAX_RUNS, signal) : [];
  const run = wanted === null ? runs[0] : runs.find((row) => row.run_id === wanted);
  if (run !== undefined) return run;
  throw new ScoringError(runId === null ? `${target} has not run yet` : `${target} has no run ${runId}`, {
    code: 'USAGE',
    stage: 'cli',
    hint: `The latest are shown by: scorehouse runs ${target}.`,
  });
}

function toSummary(row: Row): RejectList['summary'][number] {
  return {
    feature: row.feature === null ? null : String(row.feature),
    reason: String(row.reason),
    rows: Number(row.row_count),
  };
}
