import { ScoringError, type Statement, type StatementResult } from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import type { BigqueryClient } from './client.js';
import { toWarehouseError } from './errors.js';
import type { JobError } from './job.js';
import { type JobPlace, runJob } from './jobs.js';
import { findStatement, parseUnexpected, renderTransaction } from './script.js';
import { fetchResult } from './small-result.js';

/** Runs statements one after the other, each by itself; what expects something is undone where that does not hold. */
export async function runAlone(
  client: BigqueryClient,
  statements: readonly Statement[],
  call: CallOptions,
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = [];
  for (const statement of statements) {
    const alone = statement.expect === undefined;
    results.push(
      ...(alone ? [await runOne(client, statement, call)] : await runTogether(client, [statement], call)),
    );
  }
  return results;
}

/** Runs statements all or none: one script, whose error rolls back. */
export async function runTogether(
  client: BigqueryClient,
  statements: readonly Statement[],
  call: CallOptions,
): Promise<readonly StatementResult[]> {
  const [first, ...more] = statements;
  if (first === undefined) return [];
  refuseObjects(statements, call);
  // A statement is atomic by itself, and half as long under way.
  if (more.length === 0 && first.expect === undefined) return [await runOne(client, first, call)];
  const script = renderTransaction(statements);
  const readError = (error: JobError): ScoringError => {
    const statement = findStatement(error.message ?? '', statements, script);
    return toUnexpected(error, statements, call) ?? toWarehouseError(error, { stage: call.stage, statement });
  };
  const place: JobPlace = { ...call, statement: 'transaction', readError, writes: true };
  const job = await runJob(client, { query: { query: script.sql } }, place);
  const { rows } = await fetchResult(client, job, statements.length, 'transaction', call);
  const queryId = job.jobReference.jobId;
  return statements.map((_, i) => ({ rowsAffected: Number(rows[i]?.[0] ?? 0), queryId }));
}

/** Statements about objects commit by themselves. */
function refuseObjects(statements: readonly Statement[], { stage }: CallOptions): void {
  const found = statements.find(({ ddl }) => ddl === true);
  if (found === undefined || statements.length === 1) return;
  throw new ScoringError(`${found.name}: a transaction of BigQuery holds no statement about objects`, {
    code: 'CAPABILITY',
    stage,
  });
}

async function runOne(
  client: BigqueryClient,
  { name, sql }: Statement,
  call: CallOptions,
): Promise<StatementResult> {
  const job = await runJob(client, { query: { query: sql } }, { ...call, statement: name, writes: true });
  const changed = job.statistics?.query?.numDmlAffectedRows ?? '0';
  return { rowsAffected: Number(changed), queryId: job.jobReference.jobId };
}

/** The error of a statement that has changed other rows than expected; null for every other. */
function toUnexpected(
  { message = '' }: JobError,
  statements: readonly Statement[],
  { stage }: CallOptions,
): ScoringError | null {
  const found = parseUnexpected(message);
  const statement = statements[found?.place ?? -1];
  if (found === null || statement?.expect === undefined) return null;
  const { rows, otherwise } = statement.expect;
  return new ScoringError(`${statement.name} changed ${found.rows} rows where ${rows} were expected`, {
    code: otherwise,
    stage,
    details: { statement: statement.name, rowsChanged: found.rows, expected: rows },
  });
}
