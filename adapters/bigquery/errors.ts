import { type ErrorCode, isScoringError, ScoringError, type Stage } from '../../src/contract/index.js';

/** A failure as BigQuery tells it, by whichever way it came. */
export interface NativeFailure {
  /** BigQuery's word for what went wrong (`errors[].reason`), gRPC's or Node's code; empty where there is none. */
  readonly reason: string;
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  readonly message: string;
  /** What the server asks to be left alone for, in milliseconds. */
  readonly retryAfterMs?: number;
}

interface Rule {
  readonly reason?: RegExp;
  readonly status?: number;
  readonly message?: RegExp;
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly hint?: string;
}

/** First match wins. Reasons: https://cloud.google.com/bigquery/docs/error-messages */
const RULES: readonly Rule[] = [
  {
    message: /Could not load the default credentials|Unable to find credentials/i,
    code: 'PERMISSION',
    hint: 'No credentials were found: set key_file of the warehouse, or run `gcloud auth application-default login`.',
  },
  {
    message:
      /invalid_grant|invalid_client|invalid_rapt|unauthorized_client|Invalid JWT|PEM routines|DECODER routines/i,
    code: 'PERMISSION',
    hint: 'The credentials are not taken, or have expired: make a new key for key_file, or sign in again.',
  },
  {
    reason: /^(authError|invalidCredentials|UNAUTHENTICATED|required)$/,
    code: 'PERMISSION',
    hint: 'The credentials are not taken, or have expired: make a new key for key_file, or sign in again.',
  },
  { status: 401, code: 'PERMISSION', hint: 'The credentials are not taken, or have expired: sign in again.' },
  {
    message: /Dataset \S+ was not found in location \S+/,
    code: 'ENVIRONMENT',
    hint: 'Check its name, and set location of the warehouse to where it is: a job sees the data sets of one location only.',
  },
  {
    message: /concurrent update|concurrent transaction|Could not serialize access|aborted due to concurrent/i,
    code: 'CONFLICT',
    retryable: true,
  },
  {
    message: /too many (DML|concurrent) statements/i,
    code: 'CONFLICT',
    retryable: true,
    hint: 'Other statements change the same table: BigQuery runs two at a time and queues twenty.',
  },
  {
    reason: /^bytesBilledLimitExceeded$/,
    code: 'LIMIT_EXCEEDED',
    hint: 'The query would read more than maximum_bytes_billed of the warehouse: raise it, or read less.',
  },
  {
    reason: /^(rateLimitExceeded|userRateLimitExceeded|jobRateLimitExceeded|RESOURCE_EXHAUSTED)$/,
    code: 'CONNECTION',
    retryable: true,
    hint: 'Too many requests at once: run again, with fewer targets at the same time.',
  },
  { status: 429, code: 'CONNECTION', retryable: true, hint: 'Too many requests at once: run again.' },
  {
    reason: /^quotaExceeded$/,
    code: 'WAREHOUSE',
    hint: 'A quota of the project is used up; the message names it. Raise it, or run again when it is renewed.',
  },
  {
    reason: /^(billingNotEnabled|billingTierLimitExceeded|accessNotConfigured)$/,
    code: 'ENVIRONMENT',
    hint: "Switch on BigQuery's interface and billing for the project.",
  },
  {
    reason: /^(accessDenied|PERMISSION_DENIED|forbidden|insufficientPermissions)$/,
    code: 'PERMISSION',
  },
  { message: /iam\.serviceAccounts\.getAccessToken|unable to impersonate/i, code: 'PERMISSION' },
  {
    reason: /^(stopped|timeout|jobTimeout)$/,
    message: /timed? ?out|timeout/i,
    code: 'TIMEOUT',
    retryable: true,
    hint: 'Raise job_timeout of the warehouse, or make the query faster.',
  },
  { reason: /^stopped$/, code: 'WAREHOUSE', retryable: true, hint: 'Somebody cancelled the job.' },
  {
    reason:
      /^(backendError|internalError|jobBackendError|jobInternalError|UNAVAILABLE|INTERNAL|ABORTED|tableUnavailable)$/,
    code: 'CONNECTION',
    retryable: true,
    hint: 'BigQuery failed inside: run again.',
  },
  {
    reason: /^(responseTooLarge)$/,
    code: 'WAREHOUSE',
    hint: 'The result is over 10 GB: a frozen input (source.snapshot) has no such limit.',
  },
  {
    reason: /^(resourcesExceeded)$/,
    code: 'WAREHOUSE',
    hint: 'The query needs more memory than BigQuery gives to one: sort or join less in it.',
  },
  {
    message:
      /REQUIRED|cannot be null|must not be null|non-null|NOT NULL constraint|Only optional fields can be set to NULL|primary key|unique constraint/i,
    code: 'CONSTRAINT',
  },
  {
    reason: /^(invalidQuery|invalid|notFound|parseError|NOT_FOUND|INVALID_ARGUMENT|notImplemented)$/,
    code: 'SOURCE_INVALID',
  },
  {
    reason: /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(SSL|TLS|OSSL)|^EPROTO$/,
    code: 'ENVIRONMENT',
    hint: "The server's certificate was refused: check the endpoints of the warehouse and the proxy.",
  },
  {
    reason: /^(E[A-Z_]+|UND_ERR_.*|DEADLINE_EXCEEDED|request-timeout|CANCELLED)$/,
    code: 'CONNECTION',
    retryable: true,
    hint: 'Check the network, and the endpoints of the warehouse where they are set.',
  },
  { message: /socket hang up|network|fetch failed|timed? ?out/i, code: 'CONNECTION', retryable: true },
  { status: 503, code: 'CONNECTION', retryable: true, hint: 'BigQuery is busy: run again.' },
  { status: 500, code: 'CONNECTION', retryable: true, hint: 'BigQuery failed inside: run again.' },
  { status: 502, code: 'CONNECTION', retryable: true },
  { status: 504, code: 'CONNECTION', retryable: true },
];

export interface ErrorPlace {
  readonly stage: Stage;
  /** The statement's name; its text may hold row values and is never shown. */
  readonly statement: string;
}

/** A failure in scorehouse's words. Pure. */
export function toWarehouseError(error: unknown, place: ErrorPlace): ScoringError {
  if (isScoringError(error)) return error;
  const failure = toFailure(error);
  const { stage, statement } = place;
  const rule = RULES.find((each) => fits(each, failure));
  const code = codeOf(rule, stage);
  const message = withoutValues(failure);
  const hint = code === 'PERMISSION' ? (grantHint(failure.message) ?? rule?.hint) : rule?.hint;
  return new ScoringError(`${statement}: ${message}`, {
    code,
    stage,
    retryable: rule?.retryable ?? false,
    details: {
      statement,
      ...(failure.reason === '' ? {} : { reason: failure.reason }),
      ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    },
    ...(hint === undefined ? {} : { hint }),
    cause: new Error(message),
  });
}

function fits({ reason, status, message }: Rule, failure: NativeFailure): boolean {
  return (
    (reason === undefined || reason.test(failure.reason)) &&
    (status === undefined || status === failure.status) &&
    (message === undefined || message.test(failure.message))
  );
}

/** A query that turns out wrong in the middle of a run is a failure: by then something has been written. */
function codeOf(rule: Rule | undefined, stage: Stage): ErrorCode {
  const code = rule?.code ?? 'WAREHOUSE';
  return code === 'SOURCE_INVALID' && stage !== 'plan' && stage !== 'connect' ? 'WAREHOUSE' : code;
}

/** Roles that carry a permission, least first, and what they are given on. */
const ROLES: readonly (readonly [permission: RegExp, role: string, on: string])[] = [
  [/bigquery\.jobs\.create/, 'roles/bigquery.jobUser', 'the project'],
  [/bigquery\.readsessions\.\w+/, 'roles/bigquery.readSessionUser', 'the project'],
  [/bigquery\.datasets\.create/, 'roles/bigquery.user', 'the project'],
  [/bigquery\.tables\.(getData|get|list|export)/, 'roles/bigquery.dataViewer', 'the data set or table'],
  [/bigquery\.(tables\.\w+|datasets\.\w+|routines\.\w+)/, 'roles/bigquery.dataEditor', 'the data set'],
  [/iam\.serviceAccounts\.\w+/, 'roles/iam.serviceAccountTokenCreator', 'the service account to impersonate'],
];

/** What to grant, where the message names the permission that is missing. */
function grantHint(message: string): string | undefined {
  const found = ROLES.find(([permission]) => permission.test(message));
  if (found === undefined) return undefined;
  const [permission, role, on] = found;
  return `Grant ${role} on ${on}: it has the permission ${permission.exec(message)?.[0]}.`;
}

/** Errors about a value quote it, and the value may hold quotes; a row's values belong in no message. */
function withoutValues({ message, reason }: NativeFailure): string {
  const line = message.trim();
  if (!/^(invalidQuery|invalid|INVALID_ARGUMENT|stopped|)$/.test(reason)) return line;
  return line
    .replace(/'.*'/gs, "'…'")
    .replace(/".*"/gs, '"…"')
    .replace(/\b((?:Bad|Invalid) [\w ]*(?:value|literal|string)?): (?!.*"…").*/s, '$1: …')
    .replace(/(Could not (?:parse|cast|convert)[\w ]*?) .*/s, '$1 …');
}

const GRPC_CODES: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** What the drivers' errors hold: REST's an HTTP status and reasons, gRPC's a code and details, Node's a code. */
interface NativeFields {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly details?: unknown;
  readonly reason?: unknown;
  readonly type?: unknown;
  readonly errors?: readonly { readonly reason?: string; readonly message?: string }[];
  readonly response?: { readonly headers?: unknown; readonly data?: unknown };
  readonly cause?: unknown;
}

/** A driver's error, or the `errorResult` of a job, as one shape. */
export function toFailure(error: unknown): NativeFailure {
  const fields = (error ?? {}) as NativeFields & { readonly message?: unknown };
  const [first] = fields.errors ?? bodyErrors(fields.response?.data);
  const text = String(first?.message ?? fields.message ?? error);
  if (typeof fields.code === 'number' && typeof fields.details === 'string') {
    return { reason: GRPC_CODES[fields.code] ?? '', status: null, message: fields.details || text };
  }
  const status = [fields.code, fields.status].find((each) => typeof each === 'number') ?? null;
  const reason =
    first?.reason ?? [fields.reason, fields.code, fields.type].find((each) => typeof each === 'string');
  const retryAfterMs = retryAfterOf(fields.response?.headers);
  if (reason === undefined && status === null && fields.cause instanceof Error)
    return toFailure(fields.cause);
  return {
    reason: (reason as string | undefined) ?? '',
    status: status as number | null,
    message: text,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
}

function bodyErrors(body: unknown): NonNullable<NativeFields['errors']> {
  const error = (body as { readonly error?: { readonly errors?: NativeFields['errors'] } } | null)?.error;
  return error?.errors ?? [];
}

/** Seconds, or a date; null where the server asks for nothing. */
function retryAfterOf(headers: unknown): number | null {
  const value =
    headers instanceof Headers
      ? headers.get('retry-after')
      : (headers as Readonly<Record<string, string>> | undefined)?.['retry-after'];
  if (value === undefined || value === null) return null;
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}
