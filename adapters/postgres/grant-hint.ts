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
  function: { on: 'FUNCTION', read: 'EXECUTE', write: 'EXECUTE' },
  sequence: { on: 'SEQUENCE', read: 'SELECT', write: 'USAGE, SELECT' },
  schema: { on: 'SCHEMA', read: 'USAGE', write: 'USAGE, CREATE' },
  database: { on: 'DATABASE', read: 'CONNECT', write: 'CONNECT, CREATE' },
};

/** Stages that only read. */
const READING: ReadonlySet<Stage> = new Set(['connect', 'plan', 'extract']);

/** What a message of SQLSTATE 42501 says is out of reach. */
export interface Denied {
  /** What the role would need: to read it, to write it, or to own it. */
  readonly need: 'read' | 'write' | 'own';
  /** The server's word for what it is. */
  readonly kind: string;
  /** Without its schema, which the server does not tell. */
  readonly name: string;
}

const MESSAGE = new RegExp(
  `^(permission denied for|must be owner of) (${Object.keys(PRIVILEGES).join('|')}) (.+)$`,
);

/** Null where the message is of another form. */
export function parseDenied(message: string, stage: Stage): Denied | null {
  const match = MESSAGE.exec(message);
  if (match === null) return null;
  const [, verb, kind = '', shown = ''] = match;
  const need = verb === 'must be owner of' ? 'own' : READING.has(stage) ? 'read' : 'write';
  // Only where a connection is refused does the server quote the name.
  return { need, kind, name: kind === 'database' ? shown.replace(/^"(.*)"$/, '$1') : shown };
}

/** The GRANT that is missing, or the change of owner; a relation's name with its schema where that is known. */
export function grantHint(
  { need, kind, name }: Denied,
  schema: string | null,
  user: string,
): string | undefined {
  const { ident, relation } = postgresDialect;
  const shown = schema === null ? ident(name) : relation({ schema, name });
  if (need === 'own') {
    return `Only its owner may do so: connect with that role, or ALTER ${kind.toUpperCase()} ${shown} OWNER TO ${ident(user)};`;
  }
  const privileges = PRIVILEGES[kind];
  return privileges && `GRANT ${privileges[need]} ON ${privileges.on} ${shown} TO ${ident(user)};`;
}
