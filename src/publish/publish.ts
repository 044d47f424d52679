import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError, ScoringError, type Statement } from '../contract/index.js';
import { type Control, renderPointerMove } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { renderPublishInsert, renderVersionAppend } from '../ledger/versions.js';
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

/**
 * Makes the publication live: the pointer's compare-and-swap, the changes, the ledger's rows and what readers hold in
 * one transaction, with `lastWords` (a run's own last log row) in it.
 *
 * @throws LEASE_LOST when another run has published since; TIMEOUT where readers keep what has to change; CAPABILITY
 *   where the warehouse cannot do it at once
 */
export async function publish(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  lastWords: readonly Statement[],
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const follow = await renderReadersFollow(ledger, control, publication, signal);
  const { locks } = follow;
  const statements = [...renderInOrder(ledger, control, publication, follow), ...lastWords];
  for (let attempt = 1; ; attempt++) {
    try {
      const lockWait = locks ? { lockWaitMs: LOCK_WAIT_MS } : {};
      await ledger.adapter.execute(statements, { atomic: true, ...lockWait, signal });
      return { version: publication.version.version, publishSeq: control.publishSeq + 1n };
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
  const follow = await renderReadersFollow(ledger, control, publication, signal);
  return renderInOrder(ledger, control, publication, follow);
}

function renderInOrder(
  ledger: Ledger,
  control: Control,
  publication: Publication,
  { readersFollow }: ReadersFollow,
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
  const { repoint } = ledger.adapter.capabilities;
  if (repoint === 'transactional-ddl') {
    return { readersFollow: renderViewReplace(ledger, publication, control.publishSeq + 1n), locks: false };
  }
  if (repoint === 'partitions') return renderPartitionsFollow(ledger, publication, signal);
  throw new ScoringError(`publishing by ${repoint} is not built yet`, {
    code: 'CAPABILITY',
    stage: 'publish',
  });
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
