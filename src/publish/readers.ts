import { type Relation, ScoringError, type Statement } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';

/** Roles that may read the view now, beside its owner. */
export async function readReaders(
  { adapter, sql }: Ledger,
  view: Relation,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const statement = sql.render('publish/readers_list', { schema: view.schema, name: view.name });
  const { rows } = await adapter.query(statement, { maxRows: 10_000, stage: 'publish', signal });
  return rows.map(([role]) => (role === 'PUBLIC' ? 'public' : String(role)));
}

/**
 * Statements that give the roles what they lack to read the view: the schema and the view itself.
 *
 * @throws PLAN_INVALID for a role that does not exist; PERMISSION where the schema is not ours to let them into
 */
export async function renderMissingGrants(
  { adapter, sql }: Ledger,
  view: Relation,
  roles: readonly string[],
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  if (roles.length === 0) return [];
  const statement = sql.render('publish/roles_list', {
    schema: sql.dialect.ident(view.schema),
    view: sql.dialect.relation(view),
    roles: roles.map((name) => ({ name })),
  });
  const { rows } = await adapter.query(statement, { maxRows: 10_000, stage: 'publish', signal });
  const unknown = roles.filter((role) => !rows.some(([name]) => name === role));
  if (unknown.length > 0) throw unknownRole(unknown);
  const lacking = (place: 1 | 2) =>
    roles.filter((role) => rows.find(([name]) => name === role)?.[place] !== true);
  const [usage, reading] = [lacking(1), lacking(2)];
  if (usage.length > 0 && rows[0]?.[3] === false) {
    throw notOurs(view.schema, sql.render('publish/grant_usage', { schema: view.schema, roles: usage }));
  }
  return [
    ...(usage.length === 0 ? [] : [sql.render('publish/grant_usage', { schema: view.schema, roles: usage })]),
    ...(reading.length === 0 ? [] : [sql.render('publish/grant', { view, roles: reading })]),
  ];
}

function unknownRole(roles: readonly string[]): ScoringError {
  return new ScoringError(`write.grants: no role ${roles.join(', ')} in the warehouse`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { roles },
    hint: 'Create the role, or correct its name under write.grants.select.',
  });
}

function notOurs(schema: string, grant: Statement): ScoringError {
  return new ScoringError(`write.grants: only who owns schema ${schema} may let others into it`, {
    code: 'PERMISSION',
    stage: 'plan',
    details: { schema },
    hint: `Its owner has to say: ${grant.sql.trim()};`,
  });
}
