import type { ResolvedTarget } from '../config/index.js';
import { type Column, type Query, type Relation, ScoringError, sameColumn } from '../contract/index.js';
import { type Ledger, ledgerRelation, queryRows } from '../ledger/ledger.js';
import { assertNotNewer, readLedgerNumber } from '../ledger/migrate.js';
import { readPublishes } from '../ledger/versions.js';
import { findQuarantineKey, quarantineRelation } from '../plan/bind-rejects.js';
import { buildViewRelation } from '../plan/build.js';
import type { LiveVersion } from '../plan/decide-version.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import type { WarehouseSession } from './session.js';

/**
 * The rejects of the run whose publish readers see: nobody has scored them since. A later publish has rejects of its
 * own, and a rollback opens those of the run that it goes back to.
 */
export interface OpenRejects {
  readonly runId: string;
  readonly publishSeq: bigint;
  readonly quarantine: Relation;
  readonly key: readonly Column[];
  /** Rows, each counted once. */
  readonly rows: number;
  /** Rows that readers see. */
  readonly published: number;
}

/**
 * Null where there are none.
 *
 * @throws PLAN_INVALID where the target has not published yet
 */
export async function findOpenRejects(
  { ledger, adapter, warehouse }: WarehouseSession,
  target: ResolvedTarget,
  signal: AbortSignal,
): Promise<OpenRejects | null> {
  const number = await readLedgerNumber(ledger, signal);
  assertNotNewer(number);
  const [newest] = number === null ? [] : await readPublishes(ledger, target.name, signal, 1);
  if (newest === undefined) throw notPublished(target.name);
  const quarantine = quarantineRelation(
    buildViewRelation(target, warehouse, adapter.dialect),
    adapter.dialect,
  );
  const found = await adapter.inspect(quarantine, signal);
  const key = found === null ? null : findQuarantineKey(found.columns);
  const { runId, publishSeq, rows: published } = newest;
  if (key === null || runId === null) return null;
  const context = { quarantine, chunks: ledgerRelation(ledger, 'chunks'), runId, key };
  const [counted] = await queryRows(ledger, ledger.sql.render('quarantine/count', context), 1, signal);
  const rows = Number(counted?.row_count ?? 0);
  return rows === 0 ? null : { runId, publishSeq, quarantine, key, rows, published: published ?? 0 };
}

/** The source's rows that were rejected then; keys are compared by the warehouse. */
export function renderRejected(
  ledger: Ledger,
  query: Query,
  source: readonly Column[],
  key: readonly Column[],
  { quarantine, runId, key: quarantined }: OpenRejects,
): Query {
  const { sql } = ledger.sql.render('source/rejected', {
    query: query.sql,
    columns: source.map(({ name }) => name),
    key: key.map(({ name }, i) => ({ name, quarantined: quarantined[i]?.name })),
    quarantine,
    chunks: ledgerRelation(ledger, 'chunks'),
    runId,
  });
  return { sql };
}

/**
 * What is scored now goes beside what the live version has: it must be of the same model and contract.
 *
 * @throws PLAN_INVALID
 */
export function assertSameContract(
  { target, contractHash, write, rejects }: ScoringPlan,
  live: LiveVersion | null,
  { key }: OpenRejects,
): void {
  const sameKey = key.length === write.key.length && key.every((each, i) => sameColumn(each, write.key[i]));
  if (rejects.quarantine !== null && sameKey && live?.contractHash === contractHash) return;
  const [what, hint] =
    rejects.quarantine === null
      ? ['errors.quarantine is false, so that what is rejected again would not be on record', 'Say true']
      : ['the model or its contract (features, outputs, key) has changed', 'Score every row by it'];
  throw new ScoringError(`${target} cannot be redriven: ${what} since rows were rejected`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { live: live?.version ?? null },
    hint: `${hint}: scorehouse run ${target}`,
  });
}

function notPublished(target: string): ScoringError {
  return new ScoringError(`${target} has not published anything yet`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    hint: `Rows are redriven into what readers see: scorehouse run ${target} comes first.`,
  });
}
