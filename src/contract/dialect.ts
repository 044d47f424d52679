import type { KeyValue } from './keys.js';
import type { Relation } from './relation.js';
import type { CanonicalType, Column } from './types.js';

/** The facts of a warehouse's SQL text. Pure: no I/O, the same for every connection. */
export interface Dialect {
  readonly kind: string;
  /** Longest identifier in bytes of UTF-8; a longer one is refused, never cut. */
  readonly maxIdentifierBytes: number;
  /** A name in the case that the warehouse gives an unquoted one. */
  fold(name: string): string;
  /** A name exactly as given, quoted, with the quote character escaped. Throws PLAN_INVALID where it cannot be written. */
  ident(name: string): string;
  /** `schema.name`, each part quoted. */
  relation(relation: Relation): string;
  /** A typed literal that keeps every digit. */
  literal(value: KeyValue): string;
  /** The type's word in DDL and casts. */
  type(type: CanonicalType): string;
  /** What a column that was made of this type is known as: not every warehouse has every type. */
  stored(type: CanonicalType): CanonicalType;
  /** A key column as it is ordered and compared: text in a binary collation. */
  keyExpression(column: Column): string;
  /** A column's piece of the row encoding that hashes are made of, as text; src/hash/README.md defines it. */
  hashText(column: Column): string;
}
