import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toWarehouseError } from '../../../adapters/bigquery/errors.js';
import { exitCodeOf, type Stage } from '../../../src/contract/index.js';
import { errorBody } from './rig.js';

/** Errors as the drivers throw them, or as a job has them, each with what becomes of it. */
const CASES: readonly {
  readonly what: string;
  readonly error: unknown;
  readonly stage?: Stage;
  readonly code: string;
  readonly exit: number;
  readonly retryable?: true;
  readonly hint?: RegExp;
}[] = [
  {
    what: 'no right to make jobs',
    error: rest(
      403,
      'accessDenied',
      'Access Denied: Project shop: User does not have bigquery.jobs.create permission in project shop.',
    ),
    code: 'PERMISSION',
    exit: 6,
    hint: /roles\/bigquery\.jobUser on the project/,
  },
  {
    what: 'no right to read a table',
    error: job(
      'accessDenied',
      'Access Denied: Table shop:raw.customers: User does not have permission to query table shop:raw.customers, or perhaps it does not exist. bigquery.tables.getData denied',
    ),
    code: 'PERMISSION',
    exit: 6,
    hint: /roles\/bigquery\.dataViewer/,
  },
  {
    what: 'no right to make tables',
    error: job(
      'accessDenied',
      'Access Denied: Permission bigquery.tables.create denied on dataset shop:predictions',
    ),
    code: 'PERMISSION',
    exit: 6,
    hint: /roles\/bigquery\.dataEditor on the data set/,
  },
  {
    what: 'no right to read in bulk',
    error: grpc(
      7,
      "request failed: the user does not have 'bigquery.readsessions.create' permission for 'projects/shop'",
    ),
    code: 'PERMISSION',
    exit: 6,
    hint: /roles\/bigquery\.readSessionUser/,
  },
  {
    what: 'another location',
    error: job('notFound', 'Not found: Dataset shop:predictions was not found in location US'),
    code: 'ENVIRONMENT',
    exit: 6,
    hint: /location of the warehouse/,
  },
  {
    what: 'a missing table where it is planned',
    error: job('notFound', 'Not found: Table shop:raw.customer was not found in location EU'),
    stage: 'plan',
    code: 'SOURCE_INVALID',
    exit: 2,
  },
  {
    what: 'a missing table in a run',
    error: job('notFound', 'Not found: Table shop:raw.customer was not found in location EU'),
    code: 'WAREHOUSE',
    exit: 1,
  },
  {
    what: 'a wrong query where it is planned',
    error: rest(400, 'invalidQuery', 'Unrecognized name: tenur; Did you mean tenure? at [1:8]'),
    stage: 'plan',
    code: 'SOURCE_INVALID',
    exit: 2,
  },
  {
    what: 'a transaction that met another',
    error: job(
      'invalidQuery',
      'Transaction is aborted due to concurrent update against table shop:scorehouse.control_churn. Transaction ID: abc',
    ),
    code: 'CONFLICT',
    exit: 1,
    retryable: true,
  },
  {
    what: 'a statement that met another',
    error: job('invalidQuery', 'Could not serialize access to table shop:s.t due to concurrent update'),
    code: 'CONFLICT',
    exit: 1,
    retryable: true,
  },
  {
    what: 'more bytes than may be billed',
    error: job(
      'bytesBilledLimitExceeded',
      'Query exceeded limit for bytes billed: 1000000. 10485760 or higher required.',
    ),
    code: 'LIMIT_EXCEEDED',
    exit: 2,
    hint: /maximum_bytes_billed/,
  },
  {
    what: 'a used-up quota',
    error: job(
      'quotaExceeded',
      'Quota exceeded: Your table exceeded quota for imports or query appends per table.',
    ),
    code: 'WAREHOUSE',
    exit: 1,
  },
  {
    what: 'a rate limit',
    error: rest(
      403,
      'rateLimitExceeded',
      'Exceeded rate limits: too many table update operations for this table.',
    ),
    code: 'CONNECTION',
    exit: 1,
    retryable: true,
  },
  {
    what: 'a failure inside of BigQuery',
    error: job('backendError', 'Error encountered during execution. Retrying may solve the problem.'),
    code: 'CONNECTION',
    exit: 1,
    retryable: true,
  },
  {
    what: 'a job that took too long',
    error: job('stopped', 'Job execution was cancelled: Job timed out after 5 minutes'),
    code: 'TIMEOUT',
    exit: 1,
    retryable: true,
    hint: /job_timeout/,
  },
  {
    what: 'a job that somebody cancelled',
    error: job('stopped', 'Job execution was cancelled: User requested cancellation'),
    code: 'WAREHOUSE',
    exit: 1,
    retryable: true,
  },
  {
    what: 'a NULL where none may be',
    error: job(
      'invalid',
      'Error while reading data, error message: Required column value for column index: 0 is missing in row; REQUIRED field i cannot be null',
    ),
    code: 'CONSTRAINT',
    exit: 1,
  },
  {
    what: 'no credentials',
    error: new Error(
      'Could not load the default credentials. Browse to https://cloud.google.com/docs for more.',
    ),
    stage: 'connect',
    code: 'PERMISSION',
    exit: 6,
    hint: /gcloud auth application-default login/,
  },
  {
    what: 'a revoked key',
    error: Object.assign(new Error('invalid_grant: Invalid JWT Signature.'), { code: '400' }),
    stage: 'connect',
    code: 'PERMISSION',
    exit: 6,
    hint: /key_file/,
  },
  {
    what: 'an expired token',
    error: rest(401, 'authError', 'Request had invalid authentication credentials.'),
    code: 'PERMISSION',
    exit: 6,
  },
  {
    what: 'an expired token of a bulk read',
    error: grpc(16, 'Request had invalid authentication credentials.'),
    code: 'PERMISSION',
    exit: 6,
  },
  {
    what: 'an account that may not be impersonated',
    error: new Error(
      "unable to impersonate: Permission 'iam.serviceAccounts.getAccessToken' denied on resource",
    ),
    stage: 'connect',
    code: 'PERMISSION',
    exit: 6,
    hint: /serviceAccountTokenCreator/,
  },
  {
    what: 'an interface that is not switched on',
    error: rest(
      403,
      'accessNotConfigured',
      'BigQuery API has not been used in project 1 before or it is disabled.',
    ),
    code: 'ENVIRONMENT',
    exit: 6,
  },
  {
    what: 'no network',
    error: Object.assign(new Error('request to https://bigquery.googleapis.com failed'), {
      code: 'ENOTFOUND',
    }),
    code: 'CONNECTION',
    exit: 1,
    retryable: true,
  },
  {
    what: 'a broken stream',
    error: grpc(14, 'Connection dropped'),
    code: 'CONNECTION',
    exit: 1,
    retryable: true,
  },
  {
    what: 'a refused certificate',
    error: Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    code: 'ENVIRONMENT',
    exit: 6,
  },
];

for (const { what, error, stage = 'publish', code, exit, retryable, hint } of CASES) {
  test(`${what}: ${code}, exit code ${exit}`, () => {
    const found = toWarehouseError(error, { stage, statement: 'x' });
    assert.equal(found.code, code);
    assert.equal(exitCodeOf(found), exit);
    assert.equal(found.retryable, retryable ?? false);
    assert.equal(found.stage, stage);
    if (hint !== undefined) assert.match(found.hint ?? '', hint);
    assert.match(found.message, /^x: /);
  });
}

test('no value of a row is told', () => {
  for (const message of [
    "Could not cast literal 'hunter2' to type DATE at [1:8]",
    'Bad int64 value: hunter2',
    "Invalid date: 'hunter2'",
    'Invalid timestamp: "hunter2"',
    'Invalid NUMERIC value: hunter2 at [1:2]',
    "Syntax error: Unexpected string literal 'hunter2' at [1:8]",
    "Could not parse 'it''s hunter2' as BOOL",
  ]) {
    const error = toWarehouseError(job('invalidQuery', message), { stage: 'publish', statement: 'x' });
    assert.doesNotMatch(JSON.stringify([error.message, error.details, String(error.cause)]), /hunter2/);
  }
});

/** As the REST driver throws it. */
function rest(code: number, reason: string, message: string): unknown {
  const body = errorBody(code, reason, message) as { readonly error: { readonly errors: unknown } };
  return Object.assign(new Error(message), { code, errors: body.error.errors, response: { headers: {} } });
}

/** As a job has it. */
function job(reason: string, message: string): unknown {
  return { reason, message, location: 'query' };
}

/** As the driver of bulk reads throws it. */
function grpc(code: number, details: string): unknown {
  return Object.assign(new Error(`${code} X: ${details}`), { code, details, metadata: {} });
}
