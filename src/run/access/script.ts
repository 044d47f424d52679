import { type Relation, ScoringError } from '../../contract/index.js';
import type { SqlRenderer } from '../../sql/renderer.js';
import { type Duty, groupOf, type Rights, renderRight } from './rights.js';

/** Statements that belong together, and why they are there. */
export interface ScriptPart {
  /** Whom it is about. */
  readonly role: string;
  /** Lines for whoever runs it. */
  readonly why: readonly string[];
  readonly statements: readonly string[];
}

/** What a script says for limits that nobody has chosen: as long as a night, and no longer than a reader waits. */
const STATEMENT_TIMEOUT = '8h';
const LOCK_TIMEOUT = '30s';

const WHY: Readonly<Record<Duty, readonly string[]>> = {
  reader: ['Reader: what the sources read, and nothing else.'],
  writer: [
    'Writer: the ledger, and what a run needs beside it: frozen inputs, what it merges, the pointer.',
    'It owns what it makes there, and so may fill, index and drop it.',
  ],
  publisher: [
    'Publisher: the view that readers see, its versions, and the tables of rejected rows. A run fills the version',
    'itself, so that nothing is copied when it is published.',
  ],
};

/** The service's own role: it connects, and does not stay for ever. Pure. */
export function buildServicePart(sql: SqlRenderer, service: string, database: string): ScriptPart {
  const [role, create] = [service, renderCreate(sql, service, true)];
  return {
    role,
    why: [
      'The service: it connects, and is a member of the roles below. Give it a password, or a way in by pg_hba.conf.',
      'Reading a source is one statement, and lasts as long as its scoring: raise the limit where a run needs more.',
    ],
    statements: [
      create,
      sql.render('grants/connect', { database, role }).sql,
      sql.render('grants/statement_timeout', { database, role, limit: STATEMENT_TIMEOUT }).sql,
      sql.render('grants/lock_timeout', { database, role, limit: LOCK_TIMEOUT }).sql,
    ],
  };
}

/** One of the service's duties: its role, schemas that it works in, its rights, and the service's membership. Pure. */
export function buildDutyPart(
  sql: SqlRenderer,
  service: string,
  duty: Duty,
  rights: Rights,
  unknown: readonly string[],
): ScriptPart {
  const role = groupOf(service, duty);
  const made = rights[duty].flatMap((right) => (right.on === 'schema' && right.create ? [right.schema] : []));
  return {
    role,
    why: [...WHY[duty], ...(duty === 'reader' ? unknown : [])],
    statements: [
      renderCreate(sql, role, false),
      ...made.map((schema) => sql.render('ledger/create_schema', { schema }).sql),
      ...rights[duty].map((right) => renderRight(sql, right, role)),
      sql.render('grants/member', { group: role, role: service }).sql,
    ],
  };
}

/** Somebody who reads the published views: the run itself gives SELECT, being their owner. Pure. */
export function buildListedReaderPart(
  sql: SqlRenderer,
  role: string,
  schemas: readonly string[],
): ScriptPart {
  return {
    role,
    why: ['Listed under write.grants: a run lets it read the views, the schema is its owner’s to open.'],
    statements: schemas.map((schema) => renderUse(sql, schema, role)),
  };
}

/** A reader of published views that no target lists. Pure. */
export function buildReaderPart(
  sql: SqlRenderer,
  role: string,
  views: readonly (readonly [view: Relation, there: boolean])[],
): ScriptPart {
  const missing = views.filter(([, there]) => !there).map(([{ schema, name }]) => `${schema}.${name}`);
  return {
    role,
    why: [
      'Reads the published views; versions and rejected rows stay closed.',
      ...missing.map((name) => `${name} is not published yet: run this script's command again when it is.`),
    ],
    statements: [
      renderCreate(sql, role, false),
      ...[...new Set(views.map(([{ schema }]) => schema))].map((schema) => renderUse(sql, schema, role)),
      ...views
        .filter(([, there]) => there)
        .map(([relation]) => sql.render('grants/read', { relation, role }).sql),
    ],
  };
}

/** A dbt project's hook, which asks for a run by a row of `requests`. Pure. */
export function buildRequesterPart(
  sql: SqlRenderer,
  role: string,
  requests: Relation,
  there: boolean,
): ScriptPart {
  const { schema, name } = requests;
  const use = renderUse(sql, schema, role);
  return {
    role,
    why: [
      "Asks for runs from dbt's hooks: adds rows to the queue, and sees nothing of the ledger.",
      ...(there ? [] : [`${schema}.${name} is made by the first run: run this script's command again then.`]),
    ],
    statements: [
      renderCreate(sql, role, false),
      use,
      ...(there ? [sql.render('grants/request', { requests, role }).sql] : []),
    ],
  };
}

function renderUse(sql: SqlRenderer, schema: string, role: string): string {
  return renderRight(sql, { on: 'schema', schema, usage: true, create: false }, role);
}

function renderCreate(sql: SqlRenderer, role: string, login: boolean): string {
  if (!role.includes('$')) return sql.render('grants/create_role', { role, login }).sql;
  throw new ScoringError(`the role ${role}: a name with a dollar sign is not made by a script`, {
    code: 'USAGE',
    stage: 'plan',
    hint: 'Name another role with --to.',
  });
}
