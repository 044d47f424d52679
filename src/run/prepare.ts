import type { ResolvedTarget } from '../config/index.js';
import {
  canTrace,
  type Relation,
  renderRelation,
  ScoringError,
  type Snapshot,
  type WarehouseAdapter,
} from '../contract/index.js';
import { loadGolden } from '../examples/golden.js';
import { takeSnapshot } from '../extract/snapshot.js';
import { readProfile, renderLatest, renderSource, type SourceProfile } from '../extract/source.js';
import { splitCheckSql } from '../gate/answer.js';
import { readControl } from '../ledger/control.js';
import { assertNotNewer, readLedgerNumber } from '../ledger/migrate.js';
import { readVersions, type VersionRecord } from '../ledger/versions.js';
import { buildPlan, buildViewRelation, type PlanFacts } from '../plan/build.js';
import { findColumn } from '../plan/find-column.js';
import type { ModelFacts } from '../plan/model-facts.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { renderMissingGrants } from '../publish/readers.js';
import type { WorkerPool } from '../score/pool.js';
import type { ScoreWorker } from '../score/worker-handle.js';
import { nextVersion } from './filling.js';
import { type PreparedGolden, planGolden, prepareGolden } from './golden.js';
import { assertFree } from './lease.js';
import { assertEstimate, assertRows } from './limits.js';
import { nameSource } from './name-source.js';
import { closeModels, nameEngine, type OpenedModels, openScorer, readModelFacts } from './open-models.js';
import { assertSameContract, type OpenRejects, renderRejected } from './open-rejects.js';
import { repairTarget } from './repair-target.js';
import type { WarehouseSession } from './session.js';
import { assertStanding, compareStanding, readStanding } from './standing.js';

/** A plan, and what was opened to make it. Disposing lets all of it go. */
export interface PreparedRun extends AsyncDisposable {
  readonly plan: ScoringPlan;
  readonly profile: SourceProfile;
  /** Rows of the source that a later row of their key took the place of, under `on_duplicate: { latest_by }`. */
  readonly superseded: number;
  /** The newest publish when the plan was made; 0 before the first. */
  readonly publishSeq: bigint;
  /** Null where the warehouse has none. */
  readonly snapshot: Snapshot | null;
  readonly scorer: WorkerPool;
  /** Where the trees of each model split its inputs. */
  readonly thresholds: readonly ModelFacts['thresholds'][];
  readonly golden: PreparedGolden | null;
}

export interface PrepareOptions {
  readonly signal: AbortSignal;
  /** Score workers that have started already. */
  readonly starting?: ScoreWorker[];
  /** Plan for so many rows of the source only. */
  readonly limit?: number;
  /** Plan for the rows only that were rejected. */
  readonly redrive?: OpenRejects;
  /** A run follows, which another run that has the target would end: then nothing is counted. */
  readonly takes?: boolean;
  /** Name and version of this program, for what it writes where `takes`. */
  readonly program?: string;
}

/**
 * Reads all that a plan needs: the model, the source's columns and counts, what is live. Writes nothing.
 *
 * @throws what makes the target impossible: exit codes 2 and 6; LEASE_HELD where `takes`
 */
export async function prepareRun(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: PrepareOptions,
): Promise<PreparedRun> {
  const { signal, limit, redrive } = options;
  const { workers } = target.resources;
  const starting = options.starting?.splice(0) ?? [];
  const opening = openScorer(target, session, workers === 'auto' ? session.cores : workers, starting, signal);
  // Awaited below; until then a failure must not count as unhandled.
  opening.catch(() => undefined);
  let snapshot: Snapshot | null = null;
  try {
    const { adapter, ledger } = session;
    const written = renderSource(session.project, target, ledger.sql, session.warehouse.outputSchema.schema);
    const checkSql = splitCheckSql(session.project, target, ledger.sql);
    const all =
      limit === undefined ? written : ledger.sql.render('source/limit', { query: written.sql, limit });
    const source = await adapter.describe(all, signal).catch((cause) => {
      throw nameSource(target, adapter.dialect, cause);
    });
    const key = target.key.map((name) => findColumn(source, name, 'key'));
    const query = redrive === undefined ? all : renderRejected(ledger, all, source, key, redrive);
    await assertEstimate(adapter, target.limits, query, signal);
    const latest =
      target.latestBy === null
        ? null
        : renderLatest(
            ledger.sql,
            query,
            source,
            key,
            findColumn(source, target.latestBy, 'on_duplicate.latest_by'),
          );
    const { publishSeq, ...live } = await readLive(session, target, options);
    snapshot = await takeSnapshot(adapter, signal);
    const profile = await readProfile(adapter, ledger.sql, latest ?? query, key, snapshot, signal);
    const whole =
      latest === null ? profile : await readProfile(adapter, ledger.sql, query, key, snapshot, signal);
    assertRows(target.limits, whole.rows);
    const golden = target.golden === null ? null : await loadGolden(target.golden);
    const opened = await opening;
    const { scorer } = opened;
    const models = await readModelFacts(target, opened);
    const plan = buildPlan({
      target,
      warehouse: session.warehouse,
      dialect: adapter.dialect,
      capabilities: adapter.capabilities,
      sql: (latest ?? query).sql,
      source,
      rows: profile.rows,
      plain: target.source.kind !== 'sql' && latest === null && redrive === undefined,
      ascending: profile.ascending,
      checkSql,
      models,
      golden: golden === null ? null : planGolden(golden),
      engine: nameEngine(target, scorer.info.engineVersion),
      cores: session.cores,
      ...live,
    });
    if (redrive !== undefined) {
      assertSameContract(plan, live.live, redrive);
      assertPublishSeq(target.name, redrive.publishSeq, publishSeq);
    }
    const superseded = whole.rows - profile.rows;
    return {
      plan,
      profile,
      superseded,
      publishSeq,
      snapshot,
      scorer,
      thresholds: models.map(({ thresholds }) => thresholds),
      golden: golden === null ? null : prepareGolden(golden, plan, source),
      [Symbol.asyncDispose]: () => release(opening, snapshot),
    };
  } catch (error) {
    await release(opening, snapshot);
    throw error;
  }
}

/**
 * What was read before belongs to another publish than the one that readers see.
 *
 * @throws LEASE_HELD
 */
export function assertPublishSeq(target: string, planned: bigint, live: bigint): void {
  if (live === planned) return;
  throw new ScoringError(`${target} was published meanwhile: ${planned} was planned on, ${live} is live`, {
    code: 'LEASE_HELD',
    stage: 'plan',
    retryable: true,
    details: { planned: String(planned), live: String(live) },
    hint: 'Run again: what this run has read is older than what readers see now.',
  });
}

async function release(opening: Promise<OpenedModels>, snapshot: Snapshot | null): Promise<void> {
  const opened = await opening.catch(() => null);
  await Promise.all([closeModels(opened), snapshot?.[Symbol.asyncDispose]()]);
}

/** What readers see now. */
async function readLive(
  session: WarehouseSession,
  target: ResolvedTarget,
  options: PrepareOptions,
): Promise<Pick<PlanFacts, 'liveColumns' | 'dependents' | 'live'> & Pick<PreparedRun, 'publishSeq'>> {
  const { adapter, ledger, warehouse } = session;
  const { takes = false, program = '', signal } = options;
  const view = buildViewRelation(target, warehouse, adapter.dialect);
  const found = await adapter.inspect(view, signal);
  const number = await readLedgerNumber(ledger, signal);
  assertNotNewer(number);
  const control = number === null ? null : await readControl(ledger, target.name, signal);
  if (takes) assertFree(ledger, target.name, control);
  const versions = number === null ? [] : await readVersions(ledger, target.name, signal);
  const table = await compareStanding(session, target, { control, versions, found }, signal);
  if (table !== null && table.difference !== null) {
    if (takes && table.behind) await repairTarget(session, target, program, signal);
    else assertStanding(target.name, await readStanding(session, target, signal));
    // Another run has published meanwhile, or readers have followed.
    return readLive(session, target, options);
  }
  if (adapter.capabilities.grants) {
    await renderMissingGrants(ledger, view, target.write.grants?.select ?? [], signal);
  }
  await assertNextFree({ adapter, ledger }, target, view, versions, signal);
  const live = table === null ? null : { ...table.record, stored: table.stored };
  const dependents = found === null ? [] : await readDependents(adapter, target, view, signal);
  const publishSeq = control?.publishSeq ?? 0n;
  return { liveColumns: found?.columns ?? null, dependents, live, publishSeq };
}

/**
 * A table under the next version's name is somebody else's, or another ledger's.
 *
 * @throws ENVIRONMENT
 */
async function assertNextFree(
  { adapter, ledger }: Pick<WarehouseSession, 'adapter' | 'ledger'>,
  target: ResolvedTarget,
  view: Relation,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<void> {
  const { table } = nextVersion(view, versions, adapter.dialect);
  if ((await adapter.inspect(table, signal)) === null) return;
  // Another run may have made it since the versions were read; a first run has no ledger to ask.
  const known =
    (await readLedgerNumber(ledger, signal)) === null ? [] : await readVersions(ledger, target.name, signal);
  if (known.some(({ relation }) => relation === table.name)) return;
  const relation = renderRelation(table);
  throw new ScoringError(
    `${relation}, the next version's name, is taken by a table that the ledger does not know`,
    {
      code: 'ENVIRONMENT',
      stage: 'plan',
      details: { relation },
      hint: 'Nothing that scorehouse did not make is replaced: rename it, see that ledger_schema is the one that this view was published with, or name another write.table.',
    },
  );
}

/** What reads the view, asked for only where the view may be made anew. */
export async function readDependents(
  adapter: WarehouseAdapter,
  { write }: ResolvedTarget,
  view: Relation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return write.onColumnChange === 'recreate' && canTrace(adapter) ? adapter.dependents(view, signal) : [];
}
