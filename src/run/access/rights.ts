import { type Relation, renderRelation } from '../../contract/index.js';
import type { SqlRenderer } from '../../sql/renderer.js';

/** What a service does, each with rights of its own; on a warehouse with roles each is a role. */
export const DUTIES = ['reader', 'writer', 'publisher'] as const;
export type Duty = (typeof DUTIES)[number];

/** A right that a duty needs. */
export type Right = SchemaRight | { readonly on: 'relation'; readonly relation: Relation };

export interface SchemaRight {
  readonly on: 'schema';
  readonly schema: string;
  readonly usage: boolean;
  readonly create: boolean;
}

export type Rights = Readonly<Record<Duty, readonly Right[]>>;

/** Where a project reads and writes. */
export interface Places {
  /** All that its sources read. */
  readonly sources: readonly Relation[];
  /** Schemas that are read of which it could not be found out what. */
  readonly closedSchemas: readonly string[];
  readonly outputSchemas: readonly string[];
  readonly ledgerSchema: string;
}

/** The least that each duty needs. Pure. */
export function buildRights({ sources, closedSchemas, outputSchemas, ledgerSchema }: Places): Rights {
  const readable = unique([...sources.map(({ schema }) => schema), ...closedSchemas]);
  const named = new Map(sources.map((relation) => [renderRelation(relation), relation]));
  return {
    reader: [
      ...readable.map((schema) => ({ on: 'schema', schema, usage: true, create: false }) as const),
      ...[...named.values()].map((relation) => ({ on: 'relation', relation }) as const),
    ],
    writer: [toWorkplace(ledgerSchema)],
    publisher: unique(outputSchemas).map(toWorkplace),
  };
}

function toWorkplace(schema: string): SchemaRight {
  return { on: 'schema', schema, usage: true, create: true };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** The role that holds a duty's rights for a service. */
export function groupOf(service: string, duty: Duty): string {
  return `${service}_${duty}`;
}

/** The GRANT of a right. */
export function renderRight(sql: SqlRenderer, right: Right, role: string): string {
  if (right.on === 'relation') return sql.render('grants/read', { relation: right.relation, role }).sql;
  const { schema, usage, create } = right;
  return sql.render('grants/on_schema', { schema, usage, create, both: usage && create, role }).sql;
}
