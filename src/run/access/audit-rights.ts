import { type Relation, renderRelation } from '../../contract/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { SqlRenderer } from '../../sql/renderer.js';
import { type Finding, lack } from './finding.js';
import { DUTIES, groupOf, type Right, type Rights, renderRight, type SchemaRight } from './rights.js';
import {
  type RelationRow,
  readGroups,
  readRelationRows,
  readSchemaRows,
  type SchemaRow,
  type SessionFacts,
} from './rows.js';

/** What the catalog says of all that rights are asked on. */
interface Catalog {
  readonly schemas: readonly SchemaRow[];
  readonly relations: readonly RelationRow[];
  /** The duties' roles that exist, each with whether the user is a member. */
  readonly groups: ReadonlyMap<string, boolean>;
}

/**
 * What the user lacks of the rights that its duties need. A right that the duty's role has, and the user does not for
 * want of membership, is one finding: the membership.
 */
export async function auditRights(
  ledger: Ledger,
  { user, makesSchemas }: SessionFacts,
  rights: Rights,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const catalog = await readCatalog(ledger, user, rights, signal);
  const { sql } = ledger;
  const found = new Map<string, Finding>();
  const add = (finding: Finding) => found.set(finding.fix ?? finding.finding, finding);
  for (const duty of DUTIES) {
    const group = groupOf(user, duty);
    const member = catalog.groups.get(group);
    for (const right of rights[duty]) {
      const missing = findMissing(catalog, right, user);
      if (missing === null || (makesSchemas && isSchemaToMake(catalog, right, user))) continue;
      if (member === false && findMissing(catalog, missing, group) === null) {
        const fix = sql.render('grants/member', { group, role: user }).sql;
        add(lack('rights', `${user} is no member of ${group}`, `${fix};`));
      } else {
        add(tellMissing(sql, catalog, missing, user, member === true ? group : user));
      }
    }
  }
  return [...found.values()];
}

async function readCatalog(
  ledger: Ledger,
  user: string,
  rights: Rights,
  signal: AbortSignal,
): Promise<Catalog> {
  const names = DUTIES.map((duty) => groupOf(user, duty));
  const all = DUTIES.flatMap((duty) => rights[duty]);
  const schemas = all.flatMap((right) => (right.on === 'schema' ? [right.schema] : []));
  const relations = all.flatMap((right) => (right.on === 'relation' ? [right.relation] : []));
  const roles = [user, ...names];
  return {
    schemas: await readSchemaRows(ledger, [...new Set(schemas)], roles, signal),
    relations: await readRelationRows(ledger, relations, roles, signal),
    groups: await readGroups(ledger, user, names, signal),
  };
}

/** The part of a right that a role lacks; null where it has all of it. */
function findMissing(catalog: Catalog, right: Right, role: string): Right | null {
  if (right.on === 'relation') {
    return findRelation(catalog, right.relation, role)?.reads === true ? null : right;
  }
  const held = findSchema(catalog, right, role);
  const usage = right.usage && held?.usage !== true;
  const create = right.create && held?.create !== true;
  return usage || create ? { ...right, usage, create } : null;
}

/** A schema that is not there, and that the user may make: a run does. */
function isSchemaToMake(catalog: Catalog, right: Right, user: string): boolean {
  return right.on === 'schema' && right.create && findSchema(catalog, right, user)?.there === false;
}

function tellMissing(
  sql: SqlRenderer,
  catalog: Catalog,
  missing: Right,
  user: string,
  grantee: string,
): Finding {
  const grant = `${renderRight(sql, missing, grantee)};`;
  if (missing.on === 'relation') {
    return lack('rights', `${user} may not read ${renderRelation(missing.relation)}`, grant);
  }
  const { schema, usage, create } = missing;
  if (findSchema(catalog, missing, user)?.there === false) {
    const make = sql.render('ledger/create_schema', { schema }).sql;
    return lack('rights', `there is no schema ${schema}`, `${make}; ${grant}`);
  }
  const what = [...(usage ? ['use'] : []), ...(create ? ['make tables in'] : [])].join(' and ');
  return lack('rights', `${user} may not ${what} schema ${schema}`, grant);
}

function findSchema({ schemas }: Catalog, { schema }: SchemaRight, role: string): SchemaRow | undefined {
  return schemas.find((row) => row.schema === schema && row.role === role);
}

function findRelation({ relations }: Catalog, { schema, name }: Relation, role: string) {
  return relations.find((row) => row.schema === schema && row.name === name && row.role === role);
}
