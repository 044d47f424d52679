import { isScoringError, ScoringError } from '../contract/index.js';
import { executeHeld } from '../ledger/control.js';
import { readPublishes } from '../ledger/versions.js';
import type { RunLog } from './run-log.js';
import type { WarehouseSession } from './session.js';

/** How long it may take to find out how a transaction ended, in milliseconds. */
const SETTLE_MS = 8000;

/**
 * What an error is worth once the ledger was asked. After a COMMIT without an answer the control row is locked, which
 * waits for whatever may still be under way; then the ledger says what has taken place.
 *
 * @returns the error itself; another one where it is known by now that nothing was published. `run.publishSeq` is set
 *   where the publish has taken place.
 */
export async function settle(
  session: WarehouseSession,
  run: RunLog,
  error: ScoringError,
): Promise<ScoringError> {
  if (error.code !== 'OUTCOME_UNKNOWN' || run.control === null || run.publishSeq !== null) return error;
  const { ledger } = session;
  const { publishSeq: before } = run.control;
  const signal = AbortSignal.timeout(SETTLE_MS);
  try {
    const lost = await executeHeld(ledger, run.hold, [], signal).then(
      () => null,
      (cause: unknown) => {
        if (isScoringError(cause) && cause.code === 'LEASE_LOST') return cause;
        throw cause;
      },
    );
    const publishes = await readPublishes(ledger, run.target.name, signal);
    const own = publishes.find((publish) => publish.runId === run.runId && publish.publishSeq > before);
    if (own === undefined) return lost ?? toKnown(error);
    run.publishSeq = own.publishSeq;
    run.publishedVersion = own.version;
    run.rowsPublished = own.rows ?? 0;
    return error;
  } catch {
    return error;
  }
}

function toKnown(cause: ScoringError): ScoringError {
  return new ScoringError('a commit was not answered; the ledger says that nothing was published', {
    code: 'CONNECTION',
    stage: cause.stage,
    retryable: true,
    hint: 'Run again.',
    cause,
  });
}
