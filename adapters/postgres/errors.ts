import {
  type ErrorCode,
  isScoringError,
  ScoringError,
  type Stage,
  toInterrupted,
} from '../../src/contract/index.js';
import { grantHint, parseDenied } from './grant-hint.js';

interface Rule {
  /** A SQLSTATE, or the class that its first two characters name. */
  readonly state?: string;
  /** The driver's or Node's own errors have no SQLSTATE. */
  readonly pattern?: RegExp;
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly hint?: string;
}

/** First match wins: SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html), then texts. */
const RULES: readonly Rule[] = [
  // Some disk errors carry the state of another trouble and say in their text what it was.
  { state: '58030', pattern: /No space left on device/i, code: 'DISK_FULL' },
  { state: '53100', code: 'DISK_FULL', hint: "The server's disk is full: free space there and run again." },
  {
    state: '53400',
    pattern: /temporary file size/,
    code: 'DISK_FULL',
    hint: "Raise the server's temp_file_limit for this role.",
  },
  { state: '53300', code: 'CONNECTION', retryable: true, hint: 'Close other sessions, or raise the limit.' },
  {
    state: '55P03',
    code: 'TIMEOUT',
    retryable: true,
    hint: 'Another session holds the lock: see pg_locks, or raise lock_timeout of the warehouse.',
  },
  {
    state: '57014',
    pattern: /statement timeout/,
    code: 'TIMEOUT',
    retryable: true,
    hint: 'Raise statement_timeout of the warehouse, or make the query faster. Reading the source is one statement.',
  },
  {
    state: '57014',
    code: 'WAREHOUSE',
    retryable: true,
    hint: 'Somebody cancelled the statement on the server.',
  },
  { state: '25P04', code: 'TIMEOUT', hint: "Raise the server's transaction_timeout for this role." },
  { state: '25P03', code: 'TIMEOUT', retryable: true },
  {
    state: '25006',
    code: 'PERMISSION',
    hint: 'The server is a read-only replica, or the role may only read: connect to the primary, with a role that may write.',
  },
  { state: '40001', code: 'CONFLICT', retryable: true },
  { state: '40P01', code: 'CONFLICT', retryable: true },
  { state: '72000', code: 'CONFLICT', retryable: true },
  {
    state: '57P',
    code: 'CONNECTION',
    retryable: true,
    hint: 'The server is stopping or starting, or somebody ended the session: run again.',
  },
  { state: '08', code: 'CONNECTION', retryable: true, hint: 'The connection broke: run again.' },
  {
    state: '28',
    code: 'PERMISSION',
    hint: 'Check user, password and sslmode of the warehouse, and pg_hba.conf.',
  },
  { state: '3D000', code: 'ENVIRONMENT', hint: 'Check `database` of the warehouse.' },
  { state: '42501', code: 'PERMISSION' },
  { state: '23', code: 'CONSTRAINT' },
  { state: '22', code: 'SOURCE_INVALID' },
  { state: '42', code: 'SOURCE_INVALID' },
  { state: '3F000', code: 'SOURCE_INVALID' },
  { state: '0A000', code: 'SOURCE_INVALID' },
  {
    pattern: /does not support SSL|establishing an SSL connection/,
    code: 'ENVIRONMENT',
    hint: 'The server takes no TLS: switch it on there, or set sslmode of the warehouse to prefer or disable.',
  },
  {
    pattern: /^(EPROTO$|ERR_(SSL|TLS|OSSL)|.*(CERT|SELF_SIGNED|UNABLE_TO_|ISSUER))/,
    code: 'ENVIRONMENT',
    hint: "The server's certificate was refused: check sslmode and sslrootcert of the warehouse, and its host name.",
  },
  {
    pattern:
      /^E[A-Z_]+$|^Connection terminated|connection error and is not queryable|was closed|timeout expired/,
    code: 'CONNECTION',
    retryable: true,
    hint: 'Check host and port of the warehouse, and that the server is up.',
  },
  {
    pattern: /^Knex: Timeout acquiring/,
    code: 'CONNECTION',
    retryable: true,
    hint: 'All connections of this process are busy.',
  },
];

/** What the driver's errors hold; Node's have a code that is no SQLSTATE. */
interface NativeFields {
  readonly code?: unknown;
  readonly severity?: unknown;
}

/** The SQLSTATE of a server's error, null for the driver's and Node's own. */
export function sqlStateOf(error: unknown): string | null {
  const { code, severity } = (error ?? {}) as NativeFields;
  return typeof code === 'string' && severity !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

export interface ErrorPlace {
  readonly stage: Stage;
  /** The statement's name; its text may hold row values and is never shown. */
  readonly statement: string;
  /** The role that is connected, for grant hints. */
  readonly user: string;
  /** The schema of the relation that the role was refused, where it could be found out. */
  readonly deniedSchema?: string | null;
}

/** A driver's error in scorehouse's words. Pure. */
export function toWarehouseError(error: unknown, place: ErrorPlace): ScoringError {
  if (isScoringError(error)) return error;
  const { stage, statement } = place;
  const state = sqlStateOf(error);
  const text = messageOf(error);
  const own = state === null ? String((error as NativeFields)?.code ?? text) : text;
  const rule = RULES.find((each) => fits(each, state, own) || (state === null && fits(each, state, text)));
  const code = codeOf(rule, stage);
  const denied = state === '42501' ? parseDenied(text, stage) : null;
  const { user, deniedSchema = null } = place;
  const hint = (denied === null ? undefined : grantHint(denied, deniedSchema, user)) ?? rule?.hint;
  return new ScoringError(`${statement}: ${withoutValues(text, state)}`, {
    code,
    stage,
    retryable: rule?.retryable ?? false,
    details: {
      statement,
      ...(state === null ? {} : { sqlState: state }),
      ...(denied?.kind === 'schema' ? { deniedSchema: denied.name } : {}),
    },
    ...(hint === undefined ? {} : { hint }),
    cause: withoutDetail(error),
  });
}

/** The error of a call that the signal ended, whoever noticed first. */
export function toCallError(error: unknown, signal: AbortSignal, place: ErrorPlace): ScoringError {
  if (isScoringError(error)) return error;
  return signal.aborted ? toInterrupted(place.stage) : toWarehouseError(error, place);
}

function fits({ state, pattern }: Rule, found: string | null, text: string): boolean {
  if ((state === undefined) !== (found === null)) return false;
  return (state === undefined || found?.startsWith(state) === true) && (pattern?.test(text) ?? true);
}

/**
 * A query that turns out wrong in the middle of a run is a failure: by then something has been written. One that
 * writes is told where it is planned, in a transaction that may only read.
 */
function codeOf(rule: Rule | undefined, stage: Stage): ErrorCode {
  const code = rule?.code ?? 'WAREHOUSE';
  if (rule?.state === '25006' && (stage === 'plan' || stage === 'extract')) return 'SOURCE_INVALID';
  return code === 'SOURCE_INVALID' && stage !== 'plan' && stage !== 'connect' ? 'WAREHOUSE' : code;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** Errors about data quote it, and functions of the user's own say what they like; values belong in no message. */
function withoutValues(text: string, state: string | null): string {
  return state?.startsWith('22') || state?.startsWith('P0') ? text.replace(/".*"/s, '"…"') : text;
}

/** The driver's error keeps the row in its detail, its place in the data and the statement beside it. */
function withoutDetail(error: unknown): unknown {
  if (!(error instanceof Error) || sqlStateOf(error) === null) return error;
  const { message, code } = error as Error & NativeFields;
  return Object.assign(new Error(withoutValues(message, String(code))), { code });
}
