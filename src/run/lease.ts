import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError, ScoringError } from '../contract/index.js';
import { type Control, isHeld, readControl, renewControl, takeControl, toHeld } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { shortRunId } from './uuid.js';

/** A lease lasts 30 seconds by the warehouse's clock and is renewed three times in that time. */
const RENEW_MS = 10_000;
const LASTS_MS = 30_000;
/** After a renewal that failed, the pause before the next; and the longest that one may take. */
const RENEW_AGAIN_MS = 2000;
const RENEW_WAIT_MS = 8000;
const POLL_MS = 500;
/** Longest wait for an answer when a failed run asks whether it still had its lease. */
const ASK_MS = 5000;

/** Who holds a target: the machine, its process and the run. */
export function renderHolder(runId: string): string {
  return `${hostname()}:${process.pid}:${shortRunId(runId)}`;
}

/** One run's hold on a target. Its signal fires when the hold is lost. */
export interface Lease extends AsyncDisposable {
  readonly control: Control;
  readonly signal: AbortSignal;
}

/**
 * Takes the target. A live holder ends the attempt at once; one whose process on this machine is dead is waited out.
 *
 * @param mends takes the target also where its control row is gone or points nowhere
 * @throws LEASE_HELD, LEDGER_DAMAGED
 */
export async function takeLease(
  ledger: Ledger,
  target: string,
  runId: string,
  signal: AbortSignal,
  mends = false,
): Promise<Lease> {
  for (;;) {
    try {
      const control = await takeControl(ledger, target, renderHolder(runId), signal, mends);
      return keepLease(ledger, target, control);
    } catch (error) {
      if (!isScoringError(error) || error.code !== 'LEASE_HELD' || !isDead(error.details.holder)) throw error;
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

/**
 * Ends a run before it counts its source where another one has the target; a dead holder is left to `takeLease`.
 *
 * @throws LEASE_HELD
 */
export function assertFree(ledger: Ledger, target: string, control: Control | null): void {
  if (isHeld(ledger, control) && !isDead(control.holder)) throw toHeld(target, control);
}

/** True while a run works on the target, as far as its control row and this machine tell. */
export async function isAtWork(ledger: Ledger, target: string, signal: AbortSignal): Promise<boolean> {
  const control = await readControl(ledger, target, signal);
  return isHeld(ledger, control) && !isDead(control.holder);
}

/** True for the holder of a process of this machine that is no more. */
function isDead(holder: unknown): boolean {
  const [host, pid] = typeof holder === 'string' ? holder.split(':') : [];
  if (host !== hostname() || pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Renews the lease until it is disposed; fires its signal when another run has it, or nobody could be reached in time. */
function keepLease(ledger: Ledger, target: string, control: Control): Lease {
  const lost = new AbortController();
  const stop = new AbortController();
  const beating =
    ledger.adapter.capabilities.lease === 'row'
      ? beat(ledger, target, control.epoch, lost, stop.signal)
      : Promise.resolve();
  return {
    control,
    signal: lost.signal,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await beating;
    },
  };
}

async function beat(
  ledger: Ledger,
  target: string,
  epoch: bigint,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
  let renewedAt = performance.now();
  let pause = RENEW_MS;
  for (;;) {
    await sleep(pause, undefined, { signal: stop, ref: false }).catch(() => undefined);
    if (stop.aborted) return;
    const askedAt = performance.now();
    try {
      await renewInTime(ledger, target, epoch, stop);
      renewedAt = askedAt;
      pause = RENEW_MS;
    } catch (error) {
      if (stop.aborted) return;
      pause = RENEW_AGAIN_MS;
      const code = isScoringError(error) ? error.code : null;
      // The row is locked: by this run's own publish, whose end nobody overtakes.
      if (code === 'TIMEOUT') continue;
      if (code !== 'LEASE_LOST' && performance.now() - renewedAt < LASTS_MS) continue;
      lost.abort(toLost(target, error));
      return;
    }
  }
}

/** A server that is cut off answers nothing, not even that it is: the wait for a renewal has an end of its own. */
async function renewInTime(ledger: Ledger, target: string, epoch: bigint, stop: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const late = setTimeout(end, RENEW_WAIT_MS);
  stop.addEventListener('abort', end, { once: true });
  try {
    await renewControl(ledger, target, epoch, ended.signal);
  } finally {
    clearTimeout(late);
    stop.removeEventListener('abort', end);
  }
}

/**
 * What an error is worth to whoever holds a lease: once another run has the target and has tidied up, calls fail in
 * many ways, and all of them mean LEASE_LOST.
 */
export async function explainLoss(
  ledger: Ledger,
  target: string,
  { control, signal }: Lease,
  error: unknown,
): Promise<unknown> {
  const code = isScoringError(error) ? error.code : null;
  if (code === 'OUTCOME_UNKNOWN') return error;
  if (code === 'LEASE_LOST') return toLost(target, error);
  if (signal.aborted && (code === null || code === 'INTERRUPTED')) return signal.reason;
  if (ledger.adapter.capabilities.lease !== 'row') return error;
  const now = await readControl(ledger, target, AbortSignal.timeout(ASK_MS)).catch(() => null);
  return now === null || now.epoch === control.epoch ? error : toLost(target, error);
}

/** The error of a run whose target another run has taken; `cause` is what it met then. */
export function toLost(target: string, cause: unknown): ScoringError {
  return new ScoringError(
    `the lease of ${target} was lost: another run has it, or the warehouse could not be reached`,
    {
      code: 'LEASE_LOST',
      stage: 'ledger',
      hint: 'Nothing of this run was published; see `scorehouse runs`, and run again.',
      cause,
    },
  );
}
