import type { TestContext } from 'node:test';
import type { CanonicalType, WarehouseAdapter } from '../../src/contract/index.js';
import type { Expectations } from './expectations.js';

/**
 * What the suite runs on. `embedded`: the warehouse itself, started by the tests. `stand-in`: somebody's imitation of
 * it. `live`: a real account. Figures of different tiers are never added up.
 */
export type Tier = 'embedded' | 'stand-in' | 'live';

/** A native column type, how scorehouse knows it, and values as SQL beside their canonical texts. */
export interface NativeType {
  /** The word in DDL; `@schema` stands for the quoted schema of the case. */
  readonly native: string;
  /** Statements that make the type; `@schema` as above. */
  readonly setUp?: readonly string[];
  readonly type: CanonicalType;
  /** True where the canonical type cannot hold every digit. */
  readonly inexact?: true;
  /** SQL of a value, and the text of what must be read. */
  readonly values: readonly (readonly [sql: string, text: string])[];
}

/** An expression whose type scorehouse does not take, and the type's word that the error must show. */
export interface UnknownType {
  readonly sql: string;
  readonly native: RegExp;
}

/** Where the cases of a suite work, empty at first. */
export interface TestDatabase {
  /** Opens it for the case whose schema is named; each case has one of its own. */
  open(schema: string): Promise<WarehouseAdapter>;
  /** True where it may be opened while it is open. */
  readonly shared: boolean;
}

/** A warehouse as the suite knows it: everything that differs between warehouses is data here. */
export interface Subject {
  readonly kind: string;
  readonly tier: Tier;
  /** A fresh, empty database, which goes with the test. */
  makeDatabase(t: TestContext): Promise<TestDatabase>;
  /** A query of `rows` rows with one bigint column `i` that counts from 1. */
  series(rows: number): string;
  /** The DDL word of a text column under which 'a' = 'A', or null where there is none; `@schema` as in NativeType. */
  readonly looseText: Pick<NativeType, 'native' | 'setUp'> | null;
  /** The statement that comments on a table or view, where it is not standard SQL's; the text is a literal, or null. */
  comment?(what: 'table' | 'view', relation: string, text: string): string;
  /** An element of an array, counted from 1. */
  elementAt(array: string, place: number): string;
  readonly types: readonly NativeType[];
  readonly unknownTypes: readonly UnknownType[];
  readonly expectations: Expectations;
}
