import type { ResolvedTarget } from '../config/index.js';
import {
  isScoringError,
  type Relation,
  type RelationInfo,
  renderRelation,
  ScoringError,
} from '../contract/index.js';
import { type Control, describeLoss, isHeld, readControl, renderMend } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { assertNotNewer, readLedgerNumber } from '../ledger/migrate.js';
import { readTargetRelation } from '../ledger/runs.js';
import { type PublishRecord, readPublishes, readVersions, type VersionRecord } from '../ledger/versions.js';
import { buildViewRelation } from '../plan/build.js';
import { assertOurs } from '../publish/publication.js';
import { findDifference } from '../publish/standing.js';
import { type LiveTable, readLiveTable } from './filling.js';
import type { WarehouseSession } from './session.js';

/** What the ledger says is live, and how what readers have differs from it. */
export interface Live extends LiveTable {
  readonly view: Relation;
  /** The view as it is; null where it is missing. */
  readonly found: RelationInfo | null;
  /** The newest publish; null where the ledger has none. */
  readonly newest: PublishRecord | null;
  /** True where the ledger is whole and readers only do not see its newest publish yet. */
  readonly behind: boolean;
  /** In words; null where nothing differs, or where the version's table is gone, which only a run can make again. */
  readonly difference: string | null;
}

/** What was read already. */
export interface Seen {
  readonly control: Control | null;
  readonly versions: readonly VersionRecord[];
  /** The view, where it is there. */
  readonly found: RelationInfo | null;
  /** The epoch of whoever asks, where the target is its own. */
  readonly own?: bigint;
}

/**
 * Looks at what readers have; null where nothing was ever published.
 *
 * @param own the epoch of whoever asks, where the target is its own
 * @throws ENVIRONMENT where the view is not scorehouse's; PLAN_INVALID where the target publishes another view now
 */
export async function readStanding(
  session: WarehouseSession,
  target: ResolvedTarget,
  signal: AbortSignal,
  own?: bigint,
): Promise<Live | null> {
  const { ledger, adapter, warehouse } = session;
  const number = await readLedgerNumber(ledger, signal);
  assertNotNewer(number);
  if (number === null) return null;
  const view = buildViewRelation(target, warehouse, adapter.dialect);
  for (;;) {
    const control = await readControl(ledger, target.name, signal);
    const versions = await readVersions(ledger, target.name, signal);
    const found = await adapter.inspect(view, signal);
    const seen = { control, versions, found, ...(own === undefined ? {} : { own }) };
    const live = await compareStanding(session, target, seen, signal);
    if (live === null || live.difference === null) return live;
    // Somebody may have published while this looked: then it has seen a part of each.
    const now = await readControl(ledger, target.name, signal);
    if (now?.publishSeq === control?.publishSeq) return live;
  }
}

/** Compares what was read with what the ledger says is live; null where nothing is. Throws what `readStanding` does. */
export async function compareStanding(
  session: WarehouseSession,
  target: ResolvedTarget,
  { control, versions, found, own }: Seen,
  signal: AbortSignal,
): Promise<Live | null> {
  const { ledger, adapter, warehouse } = session;
  const view = buildViewRelation(target, warehouse, adapter.dialect);
  assertOurs(found, view, target.name);
  const record = versions.find(({ state }) => state === 'live');
  if (record === undefined) return null;
  await assertSameView(ledger, target.name, view, signal);
  const [newest = null] = await readPublishes(ledger, target.name, signal, 1);
  const table = await readLiveTable(session, view, record.version, versions, signal);
  const live = { ...(table ?? { record, relation: view, stored: [] }), view, found, newest };
  const wrong = describeLedger(target.name, live, control);
  if (wrong !== null) return { ...live, behind: false, difference: wrong };
  const guarded = adapter.capabilities.repoint === 'guarded-replace';
  // Whoever has the target lets readers follow.
  const others = guarded && isHeld(ledger, control) && control.epoch !== own;
  const seen = others ? null : await describeView(ledger, target.name, live, signal);
  return { ...live, behind: guarded && seen !== null, difference: seen };
}

function describeLedger(
  target: string,
  { record, newest }: Pick<Live, 'record' | 'newest'>,
  control: Control | null,
): string | null {
  if (newest?.version !== record.version) return 'the newest publish is of another version';
  const loss = describeLoss(target, control);
  if (loss !== null) return loss;
  const points = control?.pointer === record.version && control.publishSeq === newest.publishSeq;
  return points ? null : `control_${target} points to another publish`;
}

async function describeView(
  ledger: Ledger,
  target: string,
  { view, record, relation, stored, found, newest }: Omit<Live, 'difference' | 'behind'>,
  signal: AbortSignal,
): Promise<string | null> {
  if (stored.length === 0 || newest === null) return null;
  const { publishSeq } = newest;
  const standing = { target, view, version: record, table: relation, stored, publishSeq };
  return findDifference(ledger, standing, found, signal);
}

/**
 * Versions belong to the view that they were made for: under another one, retention would drop tables that readers of
 * the old view still see.
 *
 * @throws PLAN_INVALID
 */
export async function assertSameView(
  ledger: Ledger,
  target: string,
  relation: Relation,
  signal: AbortSignal,
): Promise<void> {
  const published = await readTargetRelation(ledger, target, signal);
  const view = renderRelation(relation);
  if (published === null || published === view) return;
  throw new ScoringError(`write.table is ${view}, but this target has published ${published}`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { published, view },
    hint: 'Give the target another name too: a new view starts with versions of its own, and the old one stays as it is.',
  });
}

/** @throws ENVIRONMENT where readers do not have what the ledger says */
export function assertStanding(target: string, live: Live | null): void {
  if (live === null || live.difference === null) return;
  throw new ScoringError(renderDifference(live, live.difference), {
    code: 'ENVIRONMENT',
    stage: 'plan',
    details: { version: live.record.version, difference: live.difference },
    hint: renderMend(target),
  });
}

/** What a person is told of a difference. */
export function renderDifference({ record }: Pick<Live, 'record'>, difference: string): string {
  return `the published object differs from the ledger: ${difference}, while version ${record.version} is on record as live`;
}

/** A target whose readers do not have what the ledger says, and what to do. */
export interface Differing {
  readonly target: string;
  readonly message: string;
  readonly hint: string | null;
}

/** The targets whose readers do not have what the ledger says. */
export async function listDiffering(
  session: WarehouseSession,
  targets: readonly ResolvedTarget[],
  signal: AbortSignal,
): Promise<readonly Differing[]> {
  const differing: Differing[] = [];
  for (const target of targets) {
    try {
      assertStanding(target.name, await readStanding(session, target, signal));
    } catch (error) {
      if (!isScoringError(error) || !TOLD.includes(error.code)) throw error;
      differing.push({ target: target.name, message: error.message, hint: error.hint ?? null });
    }
  }
  return differing;
}

/** What is wrong with one target, and no reason to be silent about the others. */
const TOLD: readonly string[] = ['ENVIRONMENT', 'PLAN_INVALID'];
