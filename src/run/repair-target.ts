import type { ResolvedTarget } from '../config/index.js';
import {
  type Column,
  type Dialect,
  renderRelation,
  ScoringError,
  type Statement,
  sameColumn,
} from '../contract/index.js';
import { renderFence, renderPointerMend, renderRelease } from '../ledger/control.js';
import { executeTogether } from '../ledger/ledger.js';
import { migrateLedger, readLedgerNumber } from '../ledger/migrate.js';
import { buildViewOfTable } from '../plan/output-columns.js';
import { renderStandingAgain } from '../publish/standing.js';
import { explainLoss, type Lease, takeLease } from './lease.js';
import type { WarehouseSession } from './session.js';
import { type Live, readStanding } from './standing.js';
import { newRunId } from './uuid.js';

/** How long the end of a hold may take. */
const LET_GO_MS = 8000;

/** How long a repair waits for readers that hold what it makes again. */
const LOCK_WAIT_MS = 2000;

/** What `repair` found, and made again. */
export interface RepairReport {
  readonly target: string;
  /** `schema.name` of what readers use; null where nothing was ever published. */
  readonly view: string | null;
  readonly version: number | null;
  /** How it differed from the ledger; null where nothing had to be done. */
  readonly repaired: string | null;
}

/**
 * Gives readers what the ledger says is live: view, grants, partition and pointer, never a row and never a new publish.
 * Looked at once without the lease, so that a target in order is not taken.
 *
 * @throws ENVIRONMENT where something that scorehouse did not make stands there, or nothing is left to repair from
 */
export async function repairTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  program: string,
  signal: AbortSignal,
): Promise<RepairReport> {
  const { ledger } = session;
  const before = await readStanding(session, target, signal);
  assertTable(target.name, before);
  if (before === null || before.difference === null) return toReport(target.name, before);
  if ((await readLedgerNumber(ledger, signal)) !== null) await migrateLedger(ledger, program, signal);
  await using lease = await takeLease(ledger, target.name, newRunId(), signal, true);
  try {
    const held = AbortSignal.any([signal, lease.signal]);
    // Once more: from here on nobody else can publish.
    const live = await readStanding(session, target, held, lease.control.epoch);
    assertTable(target.name, live);
    if (live === null || live.difference === null) return toReport(target.name, live);
    await mend(session, target, live, lease, held);
    // As it was found: a control row that was gone is there by now, since it was taken.
    return toReport(target.name, before);
  } catch (error) {
    throw await explainLoss(ledger, target.name, lease, error);
  } finally {
    const release = renderRelease(ledger, target.name, lease.control.epoch);
    // A lease that cannot be let go runs out by itself; what became of the work counts.
    await executeTogether(ledger, [release], AbortSignal.timeout(LET_GO_MS)).catch(() => undefined);
  }
}

async function mend(
  { ledger }: WarehouseSession,
  target: ResolvedTarget,
  live: Live,
  { control }: Lease,
  signal: AbortSignal,
): Promise<void> {
  const { newest, record, relation, view, stored } = live;
  const hold = { target: target.name, epoch: control.epoch };
  if (newest?.version !== record.version) throw contradicts(target.name, live);
  const { publishSeq, runId, rows } = newest;
  const publication = {
    target: target.name,
    kind: newest.kind,
    runId,
    version: record,
    table: relation,
    view,
    columns: chooseColumns(live, ledger.sql.dialect),
    stored,
    rows,
    previous: null,
    grants: target.write.grants?.select ?? [],
    changes: [],
  };
  const statements: readonly Statement[] = [
    renderFence(ledger, target.name, control.epoch),
    ...(await renderStandingAgain(ledger, publication, publishSeq, signal)),
    renderPointerMend(ledger, hold, record.version, publishSeq),
  ];
  await executeTogether(ledger, statements, signal, { lockWaitMs: LOCK_WAIT_MS });
}

/** The view's columns: those that it has, where the table has them too. */
function chooseColumns({ found, stored }: Live, dialect: Dialect): readonly Column[] {
  const all = buildViewOfTable(stored, dialect);
  const seen = found?.columns ?? [];
  const holds = seen.every((column) => all.some((each) => sameColumn(column, each)));
  return seen.length > 0 && holds ? seen : all;
}

function toReport(target: string, live: Live | null): RepairReport {
  if (live === null) return { target, view: null, version: null, repaired: null };
  const { view, record, difference } = live;
  return { target, view: renderRelation(view), version: record.version, repaired: difference };
}

/** @throws ENVIRONMENT where the live version's table is gone: its rows are in no other place */
function assertTable(target: string, live: Live | null): void {
  if (live === null || live.stored.length > 0) return;
  const { record } = live;
  throw new ScoringError(`the table of version ${record.version} of ${target}, ${record.relation}, is gone`, {
    code: 'ENVIRONMENT',
    stage: 'publish',
    details: { version: record.version, relation: record.relation },
    hint: `There is nothing to repair it from: publish anew with scorehouse run ${target}, or go back with scorehouse rollback ${target}`,
  });
}

function contradicts(target: string, { record, newest }: Live): ScoringError {
  const published = newest?.version ?? null;
  return new ScoringError(
    `the ledger contradicts itself: version ${record.version} of ${target} is live, but its newest publish is of version ${published}`,
    {
      code: 'ENVIRONMENT',
      stage: 'ledger',
      details: { live: record.version, published },
      hint: 'Somebody has edited version_log or publishes, which only grow: take the last edit back.',
    },
  );
}
