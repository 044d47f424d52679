import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError, ScoringError } from '../contract/index.js';
import { type Control, renewControl, takeControl } from '../ledger/control.js';
import type { Ledger } from '../ledger/ledger.js';
import { shortRunId } from './uuid.js';

/** A lease lasts 30 seconds by the warehouse's clock and is renewed three times in that time. */
const RENEW_MS = 10_000;
const LASTS_MS = 30_000;
const POLL_MS = 500;

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
 * @throws LEASE_HELD
 */
export async function takeLease(
  ledger: Ledger,
  target: string,
  runId: string,
  signal: AbortSignal,
): Promise<Lease> {
  for (;;) {
    try {
      const control = await takeControl(ledger, target, renderHolder(runId), signal);
      return keepLease(ledger, target, control);
    } catch (error) {
      if (!isScoringError(error) || error.code !== 'LEASE_HELD' || !isDead(error.details.holder)) throw error;
      await sleep(POLL_MS, undefined, { signal });
    }
  }
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
  for (;;) {
    await sleep(RENEW_MS, undefined, { signal: stop, ref: false }).catch(() => undefined);
    if (stop.aborted) return;
    try {
      await renewControl(ledger, target, epoch, stop);
      renewedAt = performance.now();
    } catch (error) {
      if (stop.aborted) return;
      const taken = isScoringError(error) && error.code === 'LEASE_LOST';
      if (!taken && performance.now() - renewedAt < LASTS_MS) continue;
      lost.abort(toLost(target, error));
      return;
    }
  }
}

function toLost(target: string, cause: unknown): ScoringError {
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
