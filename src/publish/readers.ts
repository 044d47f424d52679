import { type Relation, ScoringError, type Statement } from '../contract/index.js';
import type { Ledger } from '../ledger/ledger.js';

/** Statements that give a view made anew the readers that it has now, whoever let them in. */
export async function renderGrantsAgain(
  { adapter, sql }: Ledger,
  view: Relation,
  signal: AbortSignal,
): Promise<readonly Statement[]> {
  const statement = sql.render('publish/readers_list', { view: sql.dialect.relation(view) });
  const { rows } = await adapter.query(statement, { maxRows: 10_000, stage: 'publish', signal });
  return [false, true].flatMap((handsOn) => {
    const roles = rows.filter(([, hands]) => (hands === true) === handsOn).map(([role]) => String(role));
    return roles.length === 0 ? [] : [sql.render('publish/grant', { view, roles, handsOn })];
  });
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
    ...(reading.length === 0 ? [] : [sql.render('publish/grant', { view, roles: reading, handsOn: false })]),
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
