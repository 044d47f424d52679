import type { Connection, RowStatement } from 'snowflake-sdk';
import type { Annotations } from '../../src/contract/index.js';
import type { ConnectionSettings } from './settings.js';

/** A connection, which is one session of the server, with what becomes of it. */
export interface Session {
  readonly connection: Connection;
  /** The schema of names that name none, as it was when the session began. */
  home: string | null;
  /** True where it must not be used again: nobody knows what it is in the middle of, or its home is another by now. */
  lost: boolean;
}

/** The session's schema of names that name none, as the answer to a statement tells it. */
export function readHome(statement: RowStatement): string | null {
  const state = statement.getSessionState() as { getCurrentSchema?(): string | null } | undefined;
  return state?.getCurrentSchema?.() ?? null;
}

/** Longest QUERY_TAG. */
const MAX_TAG_LENGTH = 2000;

/** What every session is told first: texts mean the same whatever the account, the user and the role say. */
export function renderSessionSetup({ statementTimeout }: ConnectionSettings): string {
  const settings: Readonly<Record<string, string>> = {
    autocommit: 'true',
    timezone: "'UTC'",
    timestamp_type_mapping: "'TIMESTAMP_NTZ'",
    quoted_identifiers_ignore_case: 'false',
    date_output_format: "'YYYY-MM-DD'",
    time_output_format: "'HH24:MI:SS.FF6'",
    timestamp_ntz_output_format: "'YYYY-MM-DD HH24:MI:SS.FF6'",
    timestamp_ltz_output_format: "'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM'",
    timestamp_tz_output_format: "'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM'",
    date_input_format: "'AUTO'",
    time_input_format: "'AUTO'",
    timestamp_input_format: "'AUTO'",
    binary_input_format: "'HEX'",
    binary_output_format: "'HEX'",
    // A limit here would cut results without a word.
    rows_per_resultset: '0',
    error_on_nondeterministic_merge: 'true',
    transaction_abort_on_error: 'false',
    // What nobody waits for any more must not go on.
    abort_detached_query: 'true',
    query_tag: "'scorehouse'",
    ...(statementTimeout === null ? {} : { statement_timeout_in_seconds: String(statementTimeout) }),
  };
  const pairs = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `alter session set ${pairs.join(' ')}`;
}

/** Annotations as the query history shows them; the session's own tag where there are none. */
export function toTag(annotations: Annotations | undefined): string | null {
  if (annotations === undefined) return null;
  const tag = JSON.stringify({ application: 'scorehouse', ...annotations });
  return tag.length <= MAX_TAG_LENGTH ? tag : tag.slice(0, MAX_TAG_LENGTH);
}

/** Bounds the session's waits for locks, in whole seconds; null takes the bound away. */
export function renderLockWait(milliseconds: number | null): string {
  if (milliseconds === null) return 'alter session unset lock_timeout';
  return `alter session set lock_timeout = ${Math.max(1, Math.ceil(milliseconds / 1000))}`;
}
