import { ScoringError } from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import type { BigqueryClient } from './client.js';
import type { Job } from './job.js';
import { newJobId, toInsert } from './jobs.js';
import { ask } from './rest.js';

/** A dry run's answer: what a query would give and read. Nothing runs, and nothing is billed. */
export async function dryRun(
  client: BigqueryClient,
  sql: string,
  call: CallOptions,
  statement: string,
): Promise<NonNullable<Job['statistics']>> {
  const body = toInsert(client, { query: { query: sql }, dryRun: true }, newJobId(), call);
  const { statistics } = await ask<Job>(client, { method: 'POST', path: '/jobs', body }, call, statement);
  return statistics ?? {};
}

/** @throws SOURCE_INVALID for what is more or other than one query */
export async function assertReads(
  client: BigqueryClient,
  sql: string,
  call: CallOptions,
  statement: string,
): Promise<NonNullable<Job['statistics']>> {
  const statistics = await dryRun(client, sql, call, statement);
  const { statementType } = statistics.query ?? {};
  if (statementType === 'SELECT') return statistics;
  throw new ScoringError(`${statement}: not one query, but ${statementType ?? 'something else'}`, {
    code: 'SOURCE_INVALID',
    stage: call.stage,
    details: { statement, statementType },
    hint: 'A source or a check is one SELECT, and writes nothing.',
  });
}
