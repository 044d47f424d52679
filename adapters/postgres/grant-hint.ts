import type { Stage } from '../../src/contract/index.js';
import { postgresDialect } from './dialect.js';

/** Objects of GRANT by the word that the server's message has for them, with what a reader and a writer need. */
const PRIVILEGES: Readonly<
  Record<string, { readonly on: string; readonly read: string; readonly write: string }>
> = {
  table: { on: 'TABLE', read: 'SELECT', write: 'SELECT, INSERT, UPDATE, DELETE' },
  view: { on: 'TABLE', read: 'SELECT', write: 'SELECT' },
  'materialized view': { on: 'TABLE', read: 'SELECT', write: 'SELECT' },
  'foreign table': { on: 'TABLE', read: 'SELECT', write: 'SELECT' },
  sequence: { on: 'SEQUENCE', read: 'SELECT', write: 'USAGE, SELECT' },
  schema: { on: 'SCHEMA', read: 'USAGE', write: 'USAGE, CREATE' },
  database: { on: 'DATABASE', read: 'CONNECT', write: 'CONNECT, CREATE' },
};

/** Stages that only read. */
const READING: ReadonlySet<Stage> = new Set(['connect', 'plan', 'extract']);

/** The GRANT that a message of SQLSTATE 42501 asks for, where it says enough. */
export function grantHint(message: string, stage: Stage, user: string): string | undefined {
  const [, kind, name] = /^permission denied for ([a-z ]+) (.+)$/.exec(message) ?? [];
  const privileges = kind === undefined ? undefined : PRIVILEGES[kind];
  const { ident } = postgresDialect;
  if (privileges !== undefined && name !== undefined) {
    const words = READING.has(stage) ? privileges.read : privileges.write;
    return `GRANT ${words} ON ${privileges.on} ${ident(name)} TO ${ident(user)};`;
  }
  const [, owned] = /^must be owner of [a-z ]+ (.+)$/.exec(message) ?? [];
  return owned === undefined ? undefined : `Only the owner of ${owned} may do so: connect with that role.`;
}
