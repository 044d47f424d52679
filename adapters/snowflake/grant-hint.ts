import type { Stage } from '../../src/contract/index.js';

/** Objects of GRANT by the word that the server's message has for them, with what a reader and a writer need. */
const PRIVILEGES: Readonly<Record<string, { readonly read: string; readonly write: string }>> = {
  table: { read: 'SELECT', write: 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE' },
  view: { read: 'SELECT', write: 'SELECT' },
  schema: { read: 'USAGE', write: 'USAGE, CREATE TABLE, CREATE VIEW' },
  database: { read: 'USAGE', write: 'USAGE, CREATE SCHEMA' },
  warehouse: { read: 'USAGE', write: 'USAGE' },
  stage: { read: 'READ', write: 'READ, WRITE' },
  function: { read: 'USAGE', write: 'USAGE' },
};

/** Stages that only read. */
const READING: ReadonlySet<Stage> = new Set(['connect', 'plan', 'extract']);

const MESSAGE = new RegExp(
  `Insufficient privileges to operate on (${Object.keys(PRIVILEGES).join('|')}) '([^']+)'`,
  'i',
);

/** The GRANT that is missing by the server's message, whose names come without their schema. */
export function grantHint(message: string, stage: Stage, role: string | null): string | undefined {
  const [, kind = '', name] = MESSAGE.exec(message) ?? [];
  const privileges = PRIVILEGES[kind.toLowerCase()];
  if (privileges === undefined || name === undefined) return undefined;
  const needed = READING.has(stage) ? privileges.read : privileges.write;
  const to = role === null ? "the user's role" : `ROLE ${quote(role)}`;
  return `GRANT ${needed} ON ${kind.toUpperCase()} ${quote(name)} TO ${to};`;
}

/** As it is where it needs no quotes. */
function quote(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
