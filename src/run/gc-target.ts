import type { ResolvedTarget } from '../config/index.js';
import { isScoringError, renderRelation } from '../contract/index.js';
import { executeHeld, type Hold, renderRelease } from '../ledger/control.js';
import { executeTogether, ledgerRelation } from '../ledger/ledger.js';
import { LEDGER_NUMBER, migrateLedger, readLedgerNumber } from '../ledger/migrate.js';
import { renderRunClose } from '../ledger/runs.js';
import { readPublishes } from '../ledger/versions.js';
import { type Dropped, dropVersions } from '../publish/retention.js';
import { type AgedRejects, findTargetGarbage, type TargetGarbage } from './find-garbage.js';
import { dropHelpers, findHelpers } from './helper-tables.js';
import { explainLoss, isAtWork, takeLease } from './lease.js';
import type { WarehouseSession } from './session.js';
import { newRunId } from './uuid.js';

/** How long the end of the hold may take. */
const LET_GO_MS = 5000;

export interface GcOptions {
  /** Only says what would go. */
  readonly dryRun: boolean;
  /** Days that rejects are kept beyond their use. */
  readonly keepDays: number;
  readonly program: string;
  readonly signal: AbortSignal;
}

/** One thing that goes. */
export interface Removed {
  readonly what: 'run' | 'version' | 'helper' | 'rejects';
  readonly name: string;
  readonly rows: number | null;
  readonly why: string;
}

/** What became of a target's leftovers; under `--dry-run` what would. */
export interface GcReport {
  readonly target: string;
  /** Why nothing was looked at; null where all was. */
  readonly skipped: string | null;
  readonly removed: readonly Removed[];
  /** What stays though it has no use, and why. */
  readonly stays: readonly { readonly name: string; readonly why: string }[];
  /** Tables that look like scorehouse's and are in no ledger: never dropped. */
  readonly strangers: readonly string[];
}

/**
 * Removes what no run, rollback or promote can need any more. Nothing is taken where there is nothing to remove.
 *
 * @throws PLAN_INVALID where the target publishes another view now
 */
export async function gcTarget(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: GcOptions,
): Promise<GcReport> {
  const { ledger } = session;
  const { dryRun, keepDays, program, signal } = options;
  const number = await readLedgerNumber(ledger, signal);
  if (number === null) return toReport(target.name, null);
  if (dryRun && number < LEDGER_NUMBER) return skip(target.name, 'its ledger is of an earlier release');
  if (!dryRun) await migrateLedger(ledger, program, signal);
  if (await isAtWork(ledger, target.name, signal)) return skip(target.name, AT_WORK);
  const seen = await findTargetGarbage(session, target, keepDays, signal);
  if (dryRun || isEmpty(seen)) return toReport(target.name, seen, await countRows(session, seen, signal));
  try {
    return await removeHeld(session, target, options);
  } catch (error) {
    if (isScoringError(error) && error.code === 'LEASE_HELD') return skip(target.name, AT_WORK);
    throw error;
  }
}

const AT_WORK = 'a run is at work';

async function removeHeld(
  session: WarehouseSession,
  target: ResolvedTarget,
  { keepDays, signal }: GcOptions,
): Promise<GcReport> {
  const { ledger } = session;
  await using lease = await takeLease(ledger, target.name, newRunId(), signal);
  const hold = { target: target.name, epoch: lease.control.epoch };
  try {
    const held = AbortSignal.any([signal, lease.signal]);
    // Once more: what was seen before may be another run's by now.
    const garbage = await findTargetGarbage(session, target, keepDays, held);
    const rows = await countRows(session, garbage, held);
    const dropped = await remove(session, garbage, hold, held);
    const left = new Set(await findHelpers(ledger, held));
    return toReport(target.name, garbage, rows, dropped, left);
  } catch (error) {
    throw await explainLoss(ledger, target.name, lease, error);
  } finally {
    const release = renderRelease(ledger, target.name, hold.epoch);
    // A lease that cannot be let go runs out by itself; what became of the work counts.
    await executeTogether(ledger, [release], AbortSignal.timeout(LET_GO_MS)).catch(() => undefined);
  }
}

/** Closes runs first, so that nobody goes on with what is dropped then. */
async function remove(
  { ledger }: WarehouseSession,
  { runs, versions, helpers, rejects, view }: TargetGarbage,
  hold: Hold,
  signal: AbortSignal,
): Promise<Dropped> {
  const closed = runs.map(({ runId }) => renderRunClose(ledger, runId, 'abandoned', null));
  if (closed.length > 0) await executeHeld(ledger, hold, closed, signal);
  const publishes = await readPublishes(ledger, hold.target, signal);
  const dropped = await dropVersions(ledger, view, versions, publishes, hold, signal);
  await dropHelpers(ledger, helpers, signal);
  if (rejects !== null) {
    await executeHeld(ledger, hold, [ledger.sql.render('quarantine/delete_aged', { ...rejects })], signal);
  }
  return dropped;
}

function isEmpty({ runs, versions, helpers, rejects }: TargetGarbage): boolean {
  return runs.length + versions.length + helpers.length === 0 && rejects === null;
}

/** Rows by relation, where the warehouse knows them without counting. */
async function countRows(
  { ledger, adapter }: WarehouseSession,
  { view, versions, helpers }: TargetGarbage,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const relations = [
    ...versions.map(({ relation }) => ({ ...view, name: relation })),
    ...helpers.map((name) => ledgerRelation(ledger, name)),
  ];
  const counted = new Map<string, number>();
  for (const relation of relations) {
    const rows = (await adapter.inspect(relation, signal))?.rows;
    if (rows !== undefined) counted.set(relation.name, rows);
  }
  return counted;
}

function skip(target: string, why: string): GcReport {
  return { target, skipped: why, removed: [], stays: [], strangers: [] };
}

/** @param left helpers that are there still */
function toReport(
  target: string,
  garbage: TargetGarbage | null,
  rows: ReadonlyMap<string, number> = new Map(),
  { waiting, needed }: Dropped = { dropped: [], waiting: [], needed: [] },
  left: ReadonlySet<string> = new Set(),
): GcReport {
  if (garbage === null) return skip(target, 'nothing was ever run');
  const { runs, versions, helpers, rejects, view, spared, strangers } = garbage;
  const blocked = new Map<string, string>([
    ...versions
      .filter(({ version }) => waiting.includes(version))
      .map(({ relation }) => [relation, HELD] as const),
    ...needed.flatMap(({ version, by }) =>
      versions
        .filter((record) => record.version === version)
        .map(({ relation }) => [relation, `${by.join(', ')} depends on it`] as const),
    ),
    ...helpers.filter((name) => left.has(name)).map((name) => [name, HELD] as const),
  ]);
  const tables: readonly Removed[] = [
    ...versions.map(
      ({ relation, state }) => ({ what: 'version', name: relation, rows: null, why: state }) as const,
    ),
    ...helpers.map((name) => ({ what: 'helper', name, rows: null, why: 'its run has ended' }) as const),
  ];
  const render = (what: Removed['what'], name: string) =>
    what === 'version' ? renderRelation({ ...view, name }) : name;
  return {
    target,
    skipped: null,
    removed: [
      ...runs.map(({ runId, why }) => ({ what: 'run', name: runId, rows: null, why }) as const),
      ...tables
        .filter(({ name }) => !blocked.has(name))
        .map((one) => ({ ...one, name: render(one.what, one.name), rows: rows.get(one.name) ?? null })),
      ...(rejects === null ? [] : [toRemoved(rejects)]),
    ],
    stays: [
      ...spared.map(({ runId, why }) => ({ name: `run ${runId}`, why })),
      ...tables.flatMap(({ what, name }) => {
        const why = blocked.get(name);
        return why === undefined ? [] : [{ name: render(what, name), why }];
      }),
    ],
    strangers,
  };
}

const HELD = 'somebody reads it; the next gc or run drops it';

function toRemoved({ quarantine, before, rows }: AgedRejects): Removed {
  const why = `before ${before.slice(0, 10)}, of runs that nobody sees`;
  return { what: 'rejects', name: renderRelation(quarantine), rows, why };
}
