import type { ErrorCode } from './errors.js';

/** A table or view. `database` is left out where the connection's own is meant. */
export interface Relation {
  readonly database?: string;
  readonly schema: string;
  readonly name: string;
}

/** A SELECT whose rows can be described, counted and paged. */
export interface Query {
  readonly sql: string;
  /** The table of which it reads columns of every row, and does nothing else; left out for every other query. */
  readonly table?: Relation;
}

/** One SQL statement with the name of the template it came from; errors cite the name, never the values. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
  /** It makes, changes or drops an object: not every warehouse takes it into a transaction. */
  readonly ddl?: true;
  /** It must change just so many rows; otherwise its transaction is rolled back with the code given. */
  readonly expect?: { readonly rows: number; readonly otherwise: ErrorCode };
}

/** `schema.name` for messages; never for SQL (that is the dialect's `relation`). */
export function renderRelation(relation: Relation): string {
  return [relation.database, relation.schema, relation.name].filter((part) => part !== undefined).join('.');
}
