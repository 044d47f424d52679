import { type Relation, ScoringError, type WarehouseIdentity } from '../../contract/index.js';
import type { Ledger } from '../../ledger/ledger.js';
import { buildPlaces, readSources, type Scope, type SourcePlaces, viewOf } from './places.js';
import { buildRights, DUTIES, type Duty, groupOf } from './rights.js';
import { readRelationRows, readSessionFacts } from './rows.js';
import {
  buildDutyPart,
  buildListedReaderPart,
  buildReaderPart,
  buildRequesterPart,
  buildServicePart,
  type ScriptPart,
} from './script.js';

/** Others than the service, who get what lets them work beside it. */
const OTHERS = { bi: makeReader, dbt: makeRequester } as const;

/** Whose rights a script gives: all of the service's, those of one of its duties, or those of others. */
export type Grantee = 'all' | Duty | keyof typeof OTHERS;

export interface GrantsRequest {
  readonly grantee: Grantee;
  /** The role that gets them; the one that connects where null. */
  readonly to: string | null;
}

/** The script for a warehouse with roles. */
export interface GrantsScript {
  /** The role that scorehouse runs as; null in a script for somebody else. */
  readonly service: string | null;
  readonly parts: readonly ScriptPart[];
}

/**
 * Makes the least-privilege script. Reads the catalog, and writes nothing.
 *
 * @param ledger null where the warehouse could not be asked
 * @throws USAGE where it is not said who gets the rights
 */
export async function makeGrants(
  scope: Scope,
  identity: WarehouseIdentity,
  ledger: Ledger | null,
  request: GrantsRequest,
  signal: AbortSignal,
): Promise<GrantsScript> {
  const { grantee, to } = request;
  if (grantee in OTHERS) {
    if (to === null) throw notSaid('a role beside the service', grantee);
    const part = await OTHERS[grantee as keyof typeof OTHERS](scope, ledger, to, signal);
    return { service: null, parts: [part] };
  }
  const service = to ?? identity.user ?? '';
  if (to === null && ledger !== null && (await readSessionFacts(ledger, signal)).isSuper) {
    throw notSaid(`the role that scorehouse runs as, for it connects as the superuser ${service}`, grantee);
  }
  const sources = await readSources(scope, ledger?.adapter ?? null, signal);
  const rights = buildRights(buildPlaces(scope, sources));
  const unknown = sources.flatMap((source) => tellUnknown(source, groupOf(service, 'reader')));
  const duties = grantee === 'all' ? DUTIES : [grantee as Duty];
  const parts = duties.map((duty) => buildDutyPart(scope.sql, service, duty, rights, unknown));
  if (grantee !== 'all') return { service, parts };
  const own = buildServicePart(scope.sql, service, identity.database);
  return { service, parts: [own, ...parts, ...buildListedParts(scope)] };
}

/** Somebody who reads the targets' views. */
async function makeReader(
  scope: Scope,
  ledger: Ledger | null,
  role: string,
  signal: AbortSignal,
): Promise<ScriptPart> {
  const views = scope.targets.map((target) => viewOf(scope, target));
  const there = await findThere(ledger, views, signal);
  const known = views.map((view) => [view, there.has(nameOf(view))] as const);
  return buildReaderPart(scope.sql, role, known);
}

/** Somebody who asks for runs. */
async function makeRequester(
  { project, sql }: Scope,
  ledger: Ledger | null,
  role: string,
  signal: AbortSignal,
): Promise<ScriptPart> {
  const requests = { ...project.ledgerSchema, name: 'requests' };
  const there = await findThere(ledger, [requests], signal);
  return buildRequesterPart(sql, role, requests, there.has(nameOf(requests)));
}

/** Readers that targets list, with the schemas whose views they are to read. */
function buildListedParts(scope: Scope): readonly ScriptPart[] {
  const schemas = new Map<string, Set<string>>();
  for (const target of scope.targets) {
    for (const role of target.write.grants?.select ?? []) {
      const known = schemas.get(role) ?? new Set();
      schemas.set(role, known.add(viewOf(scope, target).schema));
    }
  }
  return [...schemas].map(([role, of]) => buildListedReaderPart(scope.sql, role, [...of]));
}

/** What a script cannot say of a target, in words. */
function tellUnknown({ target, relations, error }: SourcePlaces, reader: string): readonly string[] {
  const why = error === null ? 'the warehouse was not asked' : error.message;
  return [
    ...(relations === null
      ? [`${target.file}: what its source reads is not known (${why}): grant SELECT on it to ${reader}.`]
      : []),
    ...(target.checks.some(({ kind }) => kind === 'sql')
      ? [`${target.file}: its checks by sql may read more: grant SELECT on that to ${reader} too.`]
      : []),
  ];
}

/** Names of those relations that are there. */
async function findThere(
  ledger: Ledger | null,
  relations: readonly Relation[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (ledger === null) return new Set();
  const { user } = await readSessionFacts(ledger, signal);
  return new Set((await readRelationRows(ledger, relations, [user], signal)).map(nameOf));
}

function nameOf({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return JSON.stringify([schema, name]);
}

function notSaid(who: string, grantee: Grantee): ScoringError {
  return new ScoringError(`not said who gets the rights: ${who}`, {
    code: 'USAGE',
    stage: 'cli',
    hint: `Name the role: scorehouse grants --role ${grantee} --to <role>.`,
  });
}
