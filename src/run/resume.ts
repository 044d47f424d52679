import { type KeyTuple, parseKeyTuple } from '../contract/index.js';
import { ledgerRelation } from '../ledger/ledger.js';
import {
  type FinishedChunk,
  type OpenRun,
  readAttempts,
  readFinishedChunks,
  readOpenRuns,
} from '../ledger/open-runs.js';
import type { ResumePoint } from '../ledger/runs.js';
import type { VersionRecord } from '../ledger/versions.js';
import { decideVersion } from '../plan/decide-version.js';
import type { ScoringPlan } from '../plan/scoring-plan.js';
import { readCpuFeatures } from './cpu-features.js';
import { type Filling, readLiveTable, toFilled, toMerged } from './filling.js';
import type { WarehouseSession } from './session.js';
import { newTally, sumFinished, type Tally } from './tally.js';
import { shortRunId } from './uuid.js';

/** Since when a run may have stood still for another to go on with it: what it read would be too old. */
export const RESUMABLE_SECONDS = 12 * 3600;

/** Fewest rows of a chunk that is made smaller since its run died of it again and again. */
const LEAST_CHUNK_ROWS = 1024;

/** An earlier run, and what it left. */
export interface Resumed {
  readonly run: OpenRun;
  readonly from: ResumePoint;
  /** What is staged. */
  readonly done: Tally;
  readonly chunks: number;
  /** The greatest key that is staged; null where nothing is. */
  readonly hi: KeyTuple | null;
  readonly chunkRows: number;
  /** Null where its staging had not been made. */
  readonly filling: Filling | null;
}

/** What is known of a target's open runs: the one to go on with, and why not with the others. */
export interface FoundRuns {
  readonly resumed: Resumed | null;
  readonly closed: readonly { readonly run: OpenRun; readonly reason: string }[];
}

/**
 * Looks for a run to go on with: the newest open one, where it is the same work and all that it needs is there.
 *
 * @param pointer the live version
 * @param restart go on with none
 */
export async function findRuns(
  session: WarehouseSession,
  plan: ScoringPlan,
  pointer: number | null,
  versions: readonly VersionRecord[],
  restart: boolean,
  signal: AbortSignal,
): Promise<FoundRuns> {
  const [newest, ...older] = await readOpenRuns(session.ledger, plan.target, signal);
  if (newest === undefined) return { resumed: null, closed: [] };
  const closed = older.map((run) => ({ run, reason: 'a later run came after it' }));
  const reason = findObstacle(newest, plan, restart);
  const found = reason ?? (await findLeft(session, plan, newest, pointer, versions, signal));
  if (typeof found === 'string')
    return { resumed: null, closed: [{ run: newest, reason: found }, ...closed] };
  return { resumed: found, closed };
}

/** Why nobody goes on with a run, as far as the ledger's log of it tells; null where nothing speaks against it. */
export function findObstacle(
  run: OpenRun,
  plan: Pick<ScoringPlan, 'fingerprint' | 'model' | 'read'>,
  restart: boolean,
): string | null {
  if (restart) return 'asked to start over';
  if (run.resume === null) return 'it had read from a live snapshot, which is gone';
  if (run.idleSeconds > RESUMABLE_SECONDS) return 'it stood still for more than 12 hours';
  if (run.fingerprint !== plan.fingerprint) return explainFingerprint(run, plan);
  // The engine chooses its kernels by them, and other kernels give other last bits.
  return run.cpuFeatures === readCpuFeatures() ? null : 'it ran on a machine of another kind';
}

/** Which part of the fingerprint differs, in words. */
function explainFingerprint(run: OpenRun, { model, read }: Pick<ScoringPlan, 'model' | 'read'>): string {
  const parts = [
    ['the model', run.modelSha256, model.sha256],
    ['the source query', run.sqlHash, read.sqlHash],
    ['the engine', run.engineVersion, model.engine],
  ] as const;
  const changed = parts.find(([, was, is]) => was !== is);
  if (changed === undefined) return 'features, outputs or other parts of the target have changed';
  const [what, was, is] = changed;
  return `${what} has changed (${was?.slice(0, 12)} was, ${is.slice(0, 12)} is)`;
}

/** What the run left, or why that is not enough. */
async function findLeft(
  session: WarehouseSession,
  plan: ScoringPlan,
  run: OpenRun,
  pointer: number | null,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<Resumed | string> {
  const { adapter, ledger } = session;
  const from = run.resume as ResumePoint;
  if (from === 'chunks') {
    const input = ledgerRelation(ledger, `in_${shortRunId(run.runId)}`);
    if ((await adapter.inspect(input, signal)) === null) return 'its frozen input is gone';
  }
  const filling = await findFilling(session, plan, run, pointer, versions, signal);
  const chunks = await readFinishedChunks(ledger, run.runId, signal);
  if (filling === null && (from === 'staged' || chunks.length > 0))
    return 'its staging is gone, or of no use now';
  const done = sumFinished(plan, chunks);
  if (done === null) return 'an earlier release of scorehouse made it';
  const last = chunks.at(-1);
  return {
    run,
    from,
    done: filling === null ? newTally(plan) : done,
    chunks: chunks.length,
    hi: last === undefined ? null : parseKeyTuple(last.hi, plan.read.key),
    chunkRows: halve(plan.read.chunkRows, await countDeaths(session, run, last, signal)),
    filling,
  };
}

/** The staging that the run was filling, where it fits what a publish would do now. */
async function findFilling(
  session: WarehouseSession,
  plan: ScoringPlan,
  run: OpenRun,
  pointer: number | null,
  versions: readonly VersionRecord[],
  signal: AbortSignal,
): Promise<Filling | null> {
  const { view } = plan.write;
  const live = await readLiveTable(session, view, pointer, versions, signal);
  const decision = decideVersion(
    plan.write,
    plan.contractHash,
    live === null ? null : { ...live.record, ...live },
  );
  const version = versions.find(({ runId, state }) => runId === run.runId && state === 'filling');
  const filling =
    decision.kind === 'merge' && live !== null
      ? { decision, live, ...toMerged(session, run.runId, live) }
      : version === undefined
        ? null
        : { decision, live, ...toFilled(view, version) };
  if (filling === null || (decision.kind === 'merge' && version !== undefined)) return null;
  return (await session.adapter.inspect(filling.staging, signal)) === null ? null : filling;
}

/** How often the run ended without having finished a further chunk. */
async function countDeaths(
  { ledger }: WarehouseSession,
  run: OpenRun,
  last: FinishedChunk | undefined,
  signal: AbortSignal,
): Promise<number> {
  const attempts = await readAttempts(ledger, run.runId, signal);
  return attempts.filter((epoch) => last === undefined || epoch > last.epoch).length;
}

/** Chunks half as large from the second death on, which may be one of memory. */
function halve(chunkRows: number, deaths: number): number {
  const halved = Math.floor(chunkRows / 2 ** Math.max(deaths - 1, 0));
  return Math.min(chunkRows, Math.max(halved, LEAST_CHUNK_ROWS));
}
