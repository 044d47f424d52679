import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isScoringError, ScoringError } from '../../src/contract/index.js';
import { type CallOptions, throwIfEnded, toEnded, untilEnded } from './call.js';
import type { BigqueryClient } from './client.js';
import { type NativeFailure, toFailure, toWarehouseError } from './errors.js';
import type { Job, JobError, JobWork } from './job.js';
import { toLabels } from './labels.js';
import { request } from './rest.js';

/** How a job is told of, and what its end means. */
export interface JobPlace extends CallOptions {
  /** The statement's name, for errors. */
  readonly statement: string;
  /** The error that a job's end means, where there is more to tell than BigQuery says. */
  readonly readError?: (error: JobError) => ScoringError;
  /** True where the job changes something: how it ended may then not stay unknown. */
  readonly writes: boolean;
}

/** Between two looks at a running job, in milliseconds: the first, and the longest. */
const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 1000;

/** How long a job that is cancelled may take to end, in milliseconds. */
const CANCEL_GRACE_MS = 10_000;

/** Failures before anything has been sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPROTO|ERR_(SSL|TLS|OSSL).*|.*CERT.*|SELF_SIGNED.*|UNABLE_TO_.*)$/;

/** Sends a job under an id of ours, so that it is made once whatever becomes of the answer. */
export type Insert = (id: string) => Promise<Job>;

/** A fresh job id. */
export function newJobId(): string {
  return `scorehouse-${randomUUID()}`;
}

/** Runs a job to its end. */
export async function runJob(client: BigqueryClient, work: JobWork, place: JobPlace): Promise<Job> {
  const insert: Insert = (id) =>
    request<Job>(client, { method: 'POST', path: '/jobs', body: toInsert(client, work, id, place) });
  return await followJob(client, newJobId(), insert, place);
}

/** The body of `jobs.insert`. */
export function toInsert(
  client: BigqueryClient,
  work: JobWork,
  id: string,
  { annotations }: CallOptions,
): unknown {
  const { jobTimeoutMs, maximumBytesBilled, location, project, dataset } = client;
  const { query } = work;
  const home = dataset === null ? {} : { defaultDataset: { projectId: project, datasetId: dataset } };
  const limited =
    query === undefined || maximumBytesBilled === null
      ? {}
      : { maximumBytesBilled: String(maximumBytesBilled) };
  return {
    configuration: {
      ...work,
      ...(query === undefined ? {} : { query: { useLegacySql: false, ...home, ...limited, ...query } }),
      labels: toLabels(annotations),
      ...(jobTimeoutMs === null ? {} : { jobTimeoutMs: String(jobTimeoutMs) }),
    },
    jobReference: { projectId: client.project, jobId: id, ...(location === null ? {} : { location }) },
  };
}

/**
 * Sends a job and waits for its end.
 *
 * @throws OUTCOME_UNKNOWN where a job that writes was sent and BigQuery cannot be asked what became of it
 */
export async function followJob(
  client: BigqueryClient,
  id: string,
  insert: Insert,
  place: JobPlace,
): Promise<Job> {
  throwIfEnded(place);
  const sending = insert(id);
  let job: Job;
  try {
    job = await untilEnded(sending, place);
  } catch (error) {
    if (place.signal.aborted) return await endSending(client, id, sending, place);
    job = await settleInsert(client, id, insert, error, place);
  }
  return assertDone(await waitForJob(client, job, place), place);
}

/** Ends a job that is being sent: it can be cancelled once it is there. */
async function endSending(
  client: BigqueryClient,
  id: string,
  sending: Promise<Job>,
  place: JobPlace,
): Promise<Job> {
  if (!place.writes) return await endJob(client, id, place);
  const sent = sending.then(
    () => true,
    () => true,
  );
  const settled = await Promise.race([sent, sleep(CANCEL_GRACE_MS, false, { ref: false })]);
  if (!settled) throw toUnknown(toEnded(place), id, place);
  return await endJob(client, id, place);
}

/** Throws a job's error, where it has one. */
export function assertDone(job: Job, place: JobPlace): Job {
  const { errorResult } = job.status;
  if (errorResult === undefined) return job;
  throw place.readError?.(errorResult) ?? toWarehouseError(errorResult, place);
}

/** A job by its id, null where there is none. The driver's own error comes as it is. */
export async function findJob(client: BigqueryClient, id: string, location?: string): Promise<Job | null> {
  try {
    return await request<Job>(client, {
      method: 'GET',
      path: `/jobs/${id}`,
      query: toQuery(client, location),
    });
  } catch (error) {
    if (toFailure(error).status === 404) return null;
    throw error;
  }
}

function toQuery(client: BigqueryClient, location?: string): Readonly<Record<string, string>> {
  const where = location ?? client.location;
  return where === null ? {} : { location: where };
}

/** What became of a job that was sent and not answered with a job. */
async function settleInsert(
  client: BigqueryClient,
  id: string,
  insert: Insert,
  cause: unknown,
  place: JobPlace,
): Promise<Job> {
  const failure = toFailure(cause);
  if (isScoringError(cause) || isRefused(failure)) throw toWarehouseError(cause, place);
  const until = performance.now() + client.outcomeWaitMs;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 2, LAST_POLL_MS)) {
    const found = await lookFor(client, id, insert, cause, place);
    if (found !== null) return found;
    if (performance.now() + wait > until) throw toUnknown(cause, id, place);
    await pause(wait, place);
    if (place.signal.aborted) return await endJob(client, id, place);
  }
}

/** True where the server has answered that there is no job, or nothing has reached it. */
function isRefused({ status, reason }: NativeFailure): boolean {
  if (status !== null) return status < 500 && status !== 409 && status !== 408;
  return NEVER_SENT.test(reason);
}

/** The job, sent once more under its id where it is not there: the same id is never taken twice. */
async function lookFor(
  client: BigqueryClient,
  id: string,
  insert: Insert,
  cause: unknown,
  place: JobPlace,
): Promise<Job | null> {
  try {
    const found = await findJob(client, id);
    if (found !== null) return found;
  } catch (error) {
    if (isLost(toFailure(error))) return null;
    throw toWarehouseError(error, place);
  }
  // A server that answered with an error has no job: the wait it may ask for is the caller's.
  if (toFailure(cause).status !== null) throw toWarehouseError(cause, place);
  return await insert(id).catch((error: unknown) => {
    const failure = toFailure(error);
    if (failure.status !== 409 && isRefused(failure) && !NEVER_SENT.test(failure.reason)) {
      throw toWarehouseError(error, place);
    }
    return null;
  });
}

/** True for an answer that did not come, or that says nothing of what was asked. */
function isLost({ status }: NativeFailure): boolean {
  return status === null || status >= 500 || status === 429 || status === 408;
}

/** Looks at the job until it has ended; where the signal fires, it is cancelled. */
export async function waitForJob(client: BigqueryClient, job: Job, place: JobPlace): Promise<Job> {
  const { jobId, location } = job.jobReference;
  let last = job;
  let lostSince: number | null = null;
  for (let wait = FIRST_POLL_MS; last.status.state !== 'DONE'; wait = Math.min(wait * 1.5, LAST_POLL_MS)) {
    await pause(wait, place);
    if (place.signal.aborted) return await endJob(client, jobId, place, location);
    try {
      last = (await findJob(client, jobId, location)) ?? last;
      lostSince = null;
    } catch (error) {
      if (!isLost(toFailure(error))) throw toWarehouseError(error, place);
      lostSince ??= performance.now();
      if (performance.now() - lostSince > client.outcomeWaitMs) throw toUnknown(error, jobId, place);
    }
  }
  return last;
}

async function pause(milliseconds: number, { signal }: JobPlace): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

/**
 * Cancels the job of a call that has ended. One that writes is waited for, since a cancel may come too late: what it
 * has done then counts.
 */
async function endJob(client: BigqueryClient, id: string, place: JobPlace, location?: string): Promise<Job> {
  const path = `/jobs/${id}/cancel`;
  const cancelling = request(client, { method: 'POST', path, query: toQuery(client, location) });
  if (!place.writes) {
    await Promise.race([
      cancelling.catch(() => undefined),
      sleep(CANCEL_GRACE_MS, undefined, { ref: false }),
    ]);
    throw toEnded(place);
  }
  await cancelling.catch(() => undefined);
  const until = performance.now() + CANCEL_GRACE_MS;
  while (performance.now() < until) {
    const found = await findJob(client, id, location).catch(() => undefined);
    // It was never taken, and its answer is not waited for: nothing has been done.
    if (found === null) throw toEnded(place);
    if (found?.status.state === 'DONE') {
      if (found.status.errorResult !== undefined) throw toEnded(place);
      return found;
    }
    await sleep(LAST_POLL_MS / 10);
  }
  throw toUnknown(toEnded(place), id, place);
}

/** The error of a job of which nothing can be learned: a read is made again, a write must be looked into. */
function toUnknown(cause: unknown, id: string, { writes, statement, stage }: JobPlace): ScoringError {
  if (!writes) return toWarehouseError(cause, { statement, stage });
  return new ScoringError(
    `${statement}: the answer was lost, and BigQuery cannot be asked how job ${id} ended`,
    {
      code: 'OUTCOME_UNKNOWN',
      stage,
      details: { job: id, statement },
      hint: 'Nothing was cleaned up. Run `scorehouse reconcile` when BigQuery can be reached: what was committed is there.',
      cause: toWarehouseError(cause, { statement, stage }),
    },
  );
}
