import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError, ScoringError, type Statement } from '../contract/index.js';
import { type Control, executeHeld, renderPointerMove, renderRelease } from '../ledger/control.js';
import { executeTogether, type Ledger } from '../ledger/ledger.js';
import { renderPublishInsert, renderVersionAppend } from '../ledger/versions.js';
import { hasTakenPlace, replaceView, splitChanges } from './guarded.js';
import { renderPartitionsFollow } from './partitions.js';
import type { Publication, PublishReceipt, ReadersFollow } from './publication.js';
import { renderViewReplace } from './view.js';

/**
 * How often a publish that changes what readers hold asks for its lock, how long each time, and the pause between. New
 * readers queue behind a lock that is asked for, so that each wait is short.
 */
const ATTEMPTS = 10;
const LOCK_WAIT_MS = 500;
const PAUSE_MS = 750;

/** How long it may take until readers see what the ledger has, in milliseconds. */
const FOLLOW_MS = 20_000;

/** How long the end of a hold may take, in milliseconds. */
const LET_GO_MS = 8000;

/**
 * Makes the publication live and lets the target go: the pointer's compare-and-swap, the changes, the ledger's rows and
 * what readers hold in one transaction, with `lastWords` (a run's own last log row) in it. Where a transaction cannot
 * hold what readers see, the ledger is first, and the view follows it.
 *
 * @throws LEASE_LOST when another run has published since; TIMEOUT where readers keep what has to change
 */
export async function publish(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  lastWords: readonly Statement[],
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const release = renderRelease(ledger, publication.target, control.epoch);
  if (ledger.adapter.capabilities.repoint === 'guarded-replace') {
    return publishGuarded(ledger, control, publication, lastWords, release, signal);
  }
  return publishAtOnce(ledger, control, publication, [...lastWords, release], signal);
}

async function publishGuarded(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  lastWords: readonly Statement[],
  release: Statement,
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const { target, version } = publication;
  const hold = { target, epoch: control.epoch };
  const { before, together, after } = splitChanges(publication.changes);
  if (before.length > 0) await executeHeld(ledger, hold, before, signal);
  const statements = [
    ...renderInOrder(ledger, control, { ...publication, changes: together }, []),
    ...lastWords,
  ];
  await ledger.adapter.execute(statements, { atomic: true, signal }).catch(async (error: unknown) => {
    const unknown = isScoringError(error) && error.code === 'OUTCOME_UNKNOWN';
    if (!unknown || !(await hasTakenPlace(ledger, publication, control, signal))) throw error;
  });
  const receipt = { version: version.version, publishSeq: control.publishSeq + 1n };
  try {
    // By a signal of its own: what is published should not wait for the next run to be seen.
    const following = AbortSignal.timeout(FOLLOW_MS);
    await replaceView(ledger, publication, control.epoch, receipt.publishSeq, following);
    if (after.length > 0) await executeHeld(ledger, hold, after, following);
    return { ...receipt, behind: null };
  } catch (error) {
    return { ...receipt, behind: toScoringError(error) };
  } finally {
    // A lease that cannot be let go runs out by itself; what became of the publish counts.
    await executeTogether(ledger, [release], AbortSignal.timeout(LET_GO_MS)).catch(() => undefined);
  }
}

function toScoringError(error: unknown): ScoringError {
  if (isScoringError(error)) return error;
  throw error;
}

async function publishAtOnce(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  lastWords: readonly Statement[],
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const follow = await renderReadersFollow(ledger, control, publication, signal);
  const { locks } = follow;
  const statements = [...renderInOrder(ledger, control, publication, follow.readersFollow), ...lastWords];
  for (let attempt = 1; ; attempt++) {
    try {
      const lockWait = locks ? { lockWaitMs: LOCK_WAIT_MS } : {};
      await ledger.adapter.execute(statements, { atomic: true, ...lockWait, signal });
      return { version: publication.version.version, publishSeq: control.publishSeq + 1n, behind: null };
    } catch (error) {
      if (!locks || !isScoringError(error) || error.code !== 'TIMEOUT') throw error;
      if (attempt === ATTEMPTS) throw explainWait(publication, error);
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}

/** The statements of a publish in the order of their transaction, for reading. */
export async function renderPublish(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const { readersFollow } = await renderReadersFollow(ledger, control, publication, signal);
  return renderInOrder(ledger, control, publication, readersFollow);
}

function renderInOrder(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  readersFollow: readonly Statement[],
): readonly Statement[] {
  return [
    renderPointerMove(ledger, publication.target, control, publication.version.version),
    ...publication.changes,
    ...readersFollow,
    ...renderRecords(ledger, control, publication),
  ];
}

async function renderReadersFollow(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  signal: AbortSignal,
): Promise<ReadersFollow> {
  if (ledger.adapter.capabilities.repoint === 'partitions') {
    return renderPartitionsFollow(ledger, publication, signal);
  }
  return { readersFollow: renderViewReplace(ledger, publication, control.publishSeq + 1n), locks: false };
}

function renderRecords(ledger: Ledger, control: Control, publication: Publication): readonly Statement[] {
  const { target, version, previous, kind, runId, rows } = publication;
  const publishSeq = control.publishSeq + 1n;
  const retired = previous === null || previous.version === version.version ? [] : [previous];
  return [
    ...retired.map((record) => renderVersionAppend(ledger, { ...record, state: 'kept' })),
    ...(version.state === 'live' ? [] : [renderVersionAppend(ledger, { ...version, state: 'live' })]),
    renderPublishInsert(ledger, { target, publishSeq, version: version.version, runId, kind, rows }),
  ];
}

function explainWait({ view, version }: Publication, cause: Error): ScoringError {
  return new ScoringError(
    `${view.schema}.${view.name}: its columns change, and readers held it all the time`,
    {
      code: 'TIMEOUT',
      stage: 'publish',
      retryable: true,
      details: { attempts: ATTEMPTS, lockWaitMs: LOCK_WAIT_MS },
      hint: `End the longest transactions that read the view and run again; the staged rows are kept in ${version.relation}.`,
      cause,
    },
  );
}
