import type { Annotations } from '../../src/contract/index.js';
import { postgresDialect } from './dialect.js';
import type { ConnectionSettings } from './settings.js';

export interface SessionOptions {
  /** False has the server refuse every write. */
  readonly write: boolean;
}

/** Longest `application_name`; the server cuts what is beyond. */
const MAX_NAME_BYTES = 63;

/** What every connection is told first: texts mean the same whatever the server, the database and the role say. */
export function renderSessionSetup(
  { statementTimeout, lockTimeout }: ConnectionSettings,
  { write }: SessionOptions,
): string {
  const settings: Record<string, string> = {
    client_encoding: 'UTF8',
    timezone: 'UTC',
    datestyle: 'ISO, YMD',
    intervalstyle: 'postgres',
    extra_float_digits: '1',
    bytea_output: 'hex',
    standard_conforming_strings: 'on',
    // A snapshot is a transaction that waits while rows are scored.
    idle_in_transaction_session_timeout: '0',
    ...(write ? {} : { default_transaction_read_only: 'on' }),
    ...(statementTimeout === null ? {} : { statement_timeout: statementTimeout }),
    ...(lockTimeout === null ? {} : { lock_timeout: lockTimeout }),
  };
  return Object.entries(settings)
    .map(([name, value]) => renderSet(name, value))
    .join(';');
}

/** One SET of a session. */
export function renderSet(name: string, value: string): string {
  return `set ${name} = ${quoteText(value)}`;
}

/** A text in quotes, for the few statements that take no bound values. */
export function quoteText(text: string): string {
  return postgresDialect.literal({ type: { kind: 'text' }, text });
}

/** How a call that carries annotations is named in pg_stat_activity. The server shows printable ASCII only. */
export function renderApplicationName(base: string, annotations: Annotations | undefined): string {
  const words = [base, ...Object.values(annotations ?? {})].join(' ');
  return words.replace(/[^ -~]/g, '?').slice(0, MAX_NAME_BYTES);
}
