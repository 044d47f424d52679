import {
  type ErrorCode,
  isScoringError,
  ScoringError,
  type Stage,
  toInterrupted,
} from '../../src/contract/index.js';
import { grantHint } from './grant-hint.js';

interface Rule {
  /** A code of the server or the driver, or the first and the last of several. */
  readonly codes?: readonly [number, number?];
  /** A SQLSTATE, or the class that its first two characters name. */
  readonly state?: string;
  readonly pattern?: RegExp;
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  readonly hint?: string;
}

const SIGN_IN = 'Check account, user and the way to sign in of the warehouse.';

/** First match wins. Codes of six digits are the server's, those from 401001 on the driver's own. */
const RULES: readonly Rule[] = [
  // Sessions and signing in.
  {
    codes: [390144],
    code: 'PERMISSION',
    hint: "Check account and user, that the user has the key's public half (DESC USER … shows RSA_PUBLIC_KEY_FP), and this machine's clock.",
  },
  {
    codes: [390318],
    code: 'PERMISSION',
    hint: 'The OAuth token has expired: get a new one for `token`.',
  },
  { codes: [390303], code: 'PERMISSION', hint: 'The OAuth token was refused: get a new one for `token`.' },
  {
    codes: [390189],
    code: 'PERMISSION',
    hint: 'GRANT the role of the warehouse to its user, or leave `role` out.',
  },
  {
    codes: [390201],
    code: 'PERMISSION',
    hint: 'GRANT USAGE on the database and the virtual warehouse to the role, and check their names.',
  },
  {
    codes: [390420, 390432],
    code: 'PERMISSION',
    hint: "A network policy keeps this machine's address out: an administrator has to allow it.",
  },
  {
    codes: [390110, 390115],
    code: 'CONNECTION',
    retryable: true,
    hint: 'The session has expired: run again, which signs in anew.',
  },
  { codes: [390000, 390999], code: 'PERMISSION', hint: SIGN_IN },
  { codes: [394000, 394999], code: 'PERMISSION', hint: SIGN_IN },
  // Virtual warehouses and their limits.
  {
    codes: [606],
    code: 'ENVIRONMENT',
    hint: 'Give `warehouse`, GRANT USAGE on it to the role, and have it resume by itself (AUTO_RESUME).',
  },
  {
    pattern: /resource monitor/i,
    code: 'WAREHOUSE',
    hint: "The virtual warehouse's resource monitor has reached its quota: raise it, or run again in its next period.",
  },
  {
    codes: [630],
    code: 'TIMEOUT',
    retryable: true,
    hint: 'Raise statement_timeout of the warehouse, or the limit of the account or the virtual warehouse.',
  },
  {
    codes: [604],
    code: 'WAREHOUSE',
    retryable: true,
    hint: 'Somebody cancelled the statement in Snowflake.',
  },
  {
    pattern: /lock timeout|timed out waiting for (a )?lock/i,
    code: 'TIMEOUT',
    retryable: true,
    hint: 'Another transaction holds the lock: see SHOW LOCKS.',
  },
  { codes: [625], code: 'CONFLICT', retryable: true },
  { pattern: /deadlock|number of waiters for this lock/i, code: 'CONFLICT', retryable: true },
  // What the statement says.
  { codes: [100072], code: 'CONSTRAINT' },
  { codes: [200001], code: 'CONSTRAINT' },
  { codes: [100090], code: 'CONSTRAINT' },
  { state: '23', code: 'CONSTRAINT' },
  { codes: [3001, 3041], code: 'PERMISSION' },
  { state: '42501', code: 'PERMISSION' },
  {
    codes: [2003],
    code: 'SOURCE_INVALID',
    hint: 'Snowflake does not tell a missing object from a missing right: check the name, and GRANT the role what it needs on it.',
  },
  {
    codes: [2043],
    code: 'SOURCE_INVALID',
    hint: 'Snowflake does not tell a missing object from a missing right: check the name, and GRANT the role what it needs on it.',
  },
  { codes: [8], code: 'SOURCE_INVALID', hint: 'Only one statement is taken.' },
  { state: '22', code: 'SOURCE_INVALID' },
  { state: '42', code: 'SOURCE_INVALID' },
  { state: '02', code: 'SOURCE_INVALID' },
  { state: '0A', code: 'SOURCE_INVALID' },
  // The driver and the network.
  {
    pattern: /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(TLS|SSL|OSSL)|OCSP/,
    code: 'ENVIRONMENT',
    hint: "The server's certificate was refused: check host of the warehouse, and what stands between.",
  },
  {
    codes: [401001, 402999],
    code: 'CONNECTION',
    retryable: true,
    hint: 'Check account and host of the warehouse, and that Snowflake can be reached from here.',
  },
  { codes: [407001, 407999], code: 'CONNECTION', retryable: true, hint: 'The session has ended: run again.' },
  { codes: [404001, 404999], code: 'CONFIG_INVALID', hint: SIGN_IN },
];

/** What the driver's errors hold. */
export interface DriverError {
  readonly code?: string | number;
  readonly sqlState?: string;
  readonly message?: string;
  /** Of the network, beneath. */
  readonly cause?: { readonly code?: string; readonly message?: string };
  /** An answer of the server that is none of a statement. */
  readonly response?: {
    readonly statusCode?: number;
    readonly headers?: Readonly<Record<string, string>>;
    getResponseHeader?(name: string): unknown;
  };
}

export interface ErrorPlace {
  readonly stage: Stage;
  /** The statement's name; its text may hold row values and is never shown. */
  readonly statement: string;
  /** The role in use, for grant hints; null where it is not known. */
  readonly role: string | null;
}

/** The code as a number: the server's come as text with zeros in front. */
export function codeOf(error: unknown): number | null {
  const code = Number((error as DriverError | null)?.code ?? Number.NaN);
  return Number.isInteger(code) ? code : null;
}

/** A driver's error in scorehouse's words. Pure. */
export function toWarehouseError(error: unknown, place: ErrorPlace): ScoringError {
  if (isScoringError(error)) return error;
  const { stage, statement, role } = place;
  const native = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  const number = codeOf(error);
  const text = native.message ?? String(error);
  const state = native.sqlState ?? null;
  const rule = RULES.find((each) => fits(each, number, state, `${native.cause?.code ?? ''} ${text}`));
  const status = native.response?.statusCode;
  const hint = grantHint(text, stage, role) ?? rule?.hint;
  const shown = status === undefined ? withoutValues(text, number, state) : `the server answered ${status}`;
  const retryAfterMs = readRetryAfter(native.response);
  return new ScoringError(`${statement}: ${shown}`, {
    code: answeredNoService(stage, status) ? 'ENVIRONMENT' : toCode(rule, stage),
    stage,
    retryable: rule?.retryable ?? false,
    details: {
      statement,
      ...(number === null ? {} : { snowflakeCode: String(number).padStart(6, '0') }),
      ...(state === null ? {} : { sqlState: state }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
    ...(hint === undefined ? {} : { hint }),
    cause: native.code === undefined ? error : withoutAnswer(native, shown),
  });
}

/** The error of a call that the signal ended, whoever noticed first. */
export function toCallError(error: unknown, signal: AbortSignal, place: ErrorPlace): ScoringError {
  if (isScoringError(error)) return error;
  return signal.aborted ? toInterrupted(place.stage) : toWarehouseError(error, place);
}

/** The error of a server that has not answered for the time that the configuration allows. */
export function toUnreachable({ stage, statement }: ErrorPlace, ms: number, cause: unknown): ScoringError {
  return new ScoringError(`${statement}: Snowflake did not answer for ${ms / 1000} s`, {
    code: 'CONNECTION',
    stage,
    retryable: true,
    details: { statement },
    hint: 'Check account and host of the warehouse, and that Snowflake can be reached from here; network_timeout is the limit.',
    cause,
  });
}

function fits({ codes, state, pattern }: Rule, number: number | null, found: string | null, text: string) {
  if (codes !== undefined) {
    const [first, last = first] = codes;
    return number !== null && number >= first && number <= last;
  }
  if (state !== undefined) return found?.startsWith(state) === true;
  return pattern?.test(text) ?? false;
}

/** A sign-in that no Snowflake answers: the account's name, or a proxy in between. */
function answeredNoService(stage: Stage, status: number | undefined): boolean {
  return (
    stage === 'connect' &&
    status !== undefined &&
    status >= 400 &&
    status < 500 &&
    ![408, 429].includes(status)
  );
}

/** A query that turns out wrong in the middle of a run is a failure: by then something has been written. */
function toCode(rule: Rule | undefined, stage: Stage): ErrorCode {
  const code = rule?.code ?? 'WAREHOUSE';
  return code === 'SOURCE_INVALID' && stage !== 'plan' && stage !== 'connect' ? 'WAREHOUSE' : code;
}

/** Longest that a server is taken at its word. */
const MAX_RETRY_AFTER_SECONDS = 3600;

function readRetryAfter(response: DriverError['response']): number | null {
  const header = response?.getResponseHeader?.('retry-after') ?? response?.headers?.['retry-after'];
  const seconds = Number(header ?? Number.NaN);
  return seconds >= 0 ? 1000 * Math.min(seconds, MAX_RETRY_AFTER_SECONDS) : null;
}

/** A name, or a sign: all that may stand in quotes where a syntax error is told. */
const HARMLESS = /^(?:[A-Za-z_][\w$]*|[^\w\s'"]{1,2})$/;

/** Errors about data quote it, and those about syntax what they stumbled over; values belong in no message. */
function withoutValues(text: string, number: number | null, state: string | null): string {
  const [line = ''] = text.split('\n').filter((each) => !/^SQL compilation error:?\s*$/.test(each));
  if (
    state?.startsWith('22') ||
    state?.startsWith('23') ||
    (number !== null && number >= 100_000 && number < 390_000)
  ) {
    return line.replace(/'.*'|".*"|['"].*|\[.*\]|:.*/s, (found) => (found.startsWith(':') ? ': …' : "'…'"));
  }
  const isSyntax = number === 1003 || number === 1039;
  return isSyntax ? maskSyntax(text.replace(/\s+/g, ' ')) : text.replace(/\s+/g, ' ');
}

function maskSyntax(text: string): string {
  const position = /syntax error line (\d+) at position (\d+)/i.exec(text);
  const unexpected = /unexpected '([^']*)'/.exec(text)?.[1] ?? '';
  const where = position === null ? '' : ` line ${position[1]} at position ${position[2]}`;
  const what = HARMLESS.test(unexpected) ? ` unexpected '${unexpected}'` : '';
  return `syntax error${where}${what}`;
}

/** The driver's error keeps the server's whole answer beside it. */
function withoutAnswer({ code, sqlState, cause }: DriverError, shown: string): Error {
  return Object.assign(new Error(shown), { code, sqlState, networkCode: cause?.code });
}
