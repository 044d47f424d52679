import type { OpenRun } from '../ledger/open-runs.js';
import type { PublishRecord, VersionRecord } from '../ledger/versions.js';
import { helpersOf, SHORT_LIVED } from './helper-tables.js';
import { RESUMABLE_SECONDS } from './resume.js';

/** Of a run that did not publish, what decides whether it is gone on with. */
export type Unfinished = Pick<OpenRun, 'runId' | 'state' | 'resume' | 'idleSeconds'>;

/** What the ledger says of a target, and which helper tables of its runs there are. */
export interface GarbageFacts {
  /** The newest first. */
  readonly open: readonly Unfinished[];
  readonly versions: readonly VersionRecord[];
  /** The newest first. */
  readonly publishes: readonly PublishRecord[];
  readonly helpers: readonly string[];
}

/** What nobody needs any more. */
export interface Garbage {
  /** Runs that nobody can go on with: they are closed first. */
  readonly runs: readonly { readonly runId: string; readonly why: string }[];
  readonly versions: readonly VersionRecord[];
  readonly helpers: readonly string[];
  /** Runs whose rejects stay, however old. */
  readonly keptRuns: readonly string[];
  /** Runs that a later one may go on with, and those whose outcome is not known: theirs is left alone. */
  readonly spared: readonly { readonly runId: string; readonly why: string }[];
}

/** Decides what may go, for whoever holds the target: a run without an end is dead then. */
export function findGarbage({ open, versions, publishes, helpers }: GarbageFacts): Garbage {
  const spared = open.flatMap((run, i) => {
    const why = findReason(run, i === 0);
    return why === null ? [] : [{ runId: run.runId, why }];
  });
  const runs = open
    .filter(({ runId }) => !spared.some((each) => each.runId === runId))
    .map((run) => ({ runId: run.runId, why: explain(run, run === open[0]) }));
  const isSpared = (runId: string | null) => spared.some((each) => each.runId === runId);
  const reached = findReached(publishes);
  const needed = new Set([
    ...spared.flatMap(({ runId }) => helpersOf(runId, [...SHORT_LIVED, 'undo', 'redo'])),
    ...reached.flatMap((runId) => helpersOf(runId, ['undo', 'redo'])),
  ]);
  return {
    runs,
    versions: versions.filter((record) => isGarbage(record) && !isSpared(record.runId)),
    helpers: helpers.filter((name) => !needed.has(name)),
    keptRuns: [
      ...new Set([...findShown(versions, publishes), ...reached, ...spared.map(({ runId }) => runId)]),
    ],
    spared,
  };
}

/** Why a run without an end is left alone; null where it is not. Only the newest is ever gone on with. */
function findReason({ state, resume, idleSeconds }: Unfinished, newest: boolean): string | null {
  if (state === 'unknown') return 'its outcome is not known: scorehouse reconcile';
  const resumable = newest && resume !== null && idleSeconds <= RESUMABLE_SECONDS;
  return resumable ? 'the next run can go on with it' : null;
}

function explain({ resume }: Unfinished, newest: boolean): string {
  if (resume === null) return 'it read from a live snapshot, which is gone';
  return newest ? 'it stood still for more than 12 hours' : 'a later run came after it';
}

function isGarbage({ state }: VersionRecord): boolean {
  return state === 'filling' || state === 'failed' || state === 'dropping';
}

/** Runs whose merges a rollback takes back or makes once more: the newest one's, and those that it goes between. */
function findReached(publishes: readonly PublishRecord[]): readonly string[] {
  const [now] = publishes;
  const before = publishes.find(({ version, runId }) => version !== now?.version || runId !== now.runId);
  const merged = publishes.find(({ kind }) => kind === 'run');
  return [now, before, merged].flatMap((publish) => publish?.runId ?? []);
}

/** Runs whose rows the live and the kept versions show. */
function findShown(
  versions: readonly VersionRecord[],
  publishes: readonly PublishRecord[],
): readonly string[] {
  return versions
    .filter(({ state }) => state === 'live' || state === 'kept')
    .flatMap(
      ({ version, runId }) => publishes.find((publish) => publish.version === version)?.runId ?? runId ?? [],
    );
}
