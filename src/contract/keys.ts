import type { Dialect } from './dialect.js';
import type { CanonicalType, Column } from './types.js';

/** One value of a key: exact text and its type, so that a dialect can write the literal. */
export interface KeyValue {
  readonly type: CanonicalType;
  readonly text: string;
}

/** The values of all key columns of one row, in key order. */
export type KeyTuple = readonly KeyValue[];

/** Keys greater than `lo` and up to `hi`; null leaves that end open. */
export interface KeyRange {
  readonly lo: KeyTuple | null;
  readonly hi: KeyTuple | null;
}

export const WHOLE_RANGE: KeyRange = { lo: null, hi: null };

/** A key tuple as the ledger records it: a JSON array of texts. */
export function renderKeyTuple(tuple: KeyTuple): string {
  return JSON.stringify(tuple.map((value) => value.text));
}

/** The key tuple that `renderKeyTuple` wrote. */
export function parseKeyTuple(text: string, key: readonly Pick<Column, 'type'>[]): KeyTuple {
  const texts = JSON.parse(text) as readonly string[];
  return key.map(({ type }, i) => ({ type, text: texts[i] ?? '' }));
}

/**
 * The condition that selects a key range, as nested comparisons rather than a row-value comparison: engines prune
 * by the first column's bounds only when it is compared on its own.
 *
 * @returns SQL, or null where the range is open at both ends
 */
export function renderKeyRange(dialect: Dialect, key: readonly Column[], range: KeyRange): string | null {
  const parts: string[] = [];
  if (range.lo !== null) parts.push(renderBound(dialect, key, range.lo, '>', '>'));
  if (range.hi !== null) parts.push(renderBound(dialect, key, range.hi, '<', '<='));
  return parts.length === 0 ? null : parts.join(' and ');
}

function renderBound(
  dialect: Dialect,
  key: readonly Column[],
  tuple: KeyTuple,
  strict: '<' | '>',
  last: string,
): string {
  const columns = key.map((column) => dialect.keyExpression(column));
  const literals = tuple.map((value) => dialect.literal(value));
  let condition = '';
  for (let i = columns.length - 1; i >= 0; i--) {
    const column = columns[i];
    const literal = literals[i];
    condition =
      condition === ''
        ? `${column} ${last} ${literal}`
        : `${column} ${strict}= ${literal} and (${column} ${strict} ${literal} or (${condition}))`;
  }
  return columns.length > 1 ? `(${condition})` : condition;
}

/** The ORDER BY list of a key. */
export function renderKeyOrder(dialect: Dialect, key: readonly Column[]): string {
  return key.map((column) => dialect.keyExpression(column)).join(', ');
}
