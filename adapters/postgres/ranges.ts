import {
  type Column,
  type KeyTuple,
  type Query,
  renderKeyOrder,
  type SmallValue,
} from '../../src/contract/index.js';
import { postgresDialect } from './dialect.js';

/** Sampled keys for each range: ranges differ from each other by about a tenth. */
const SAMPLES_PER_RANGE = 100;

/** The planner's guess at the query's rows is its first row, `rows=` and a number. */
export function renderEstimate(query: Query): string {
  return `explain select * from (${query.sql}\n) as source`;
}

/** Rows that the planner expects, from the first line of its plan; at least 1. */
export function parseEstimate(line: SmallValue | undefined): number {
  const match = / rows=(\d+) /.exec(String(line ?? ''));
  return Math.max(1, Number(match?.[1] ?? 1));
}

/**
 * Keys that cut the query's keys into about `n` equal ranges: one pass over the key columns keeps a share of the rows
 * and sorts that. The bounds are keys of the query, so they are right whatever the guess at its rows.
 */
export function renderRangeBounds(query: Query, key: readonly Column[], n: number, rows: number): string {
  const idents = key.map(({ name }) => postgresDialect.ident(name));
  const columns = idents.join(', ');
  const order = renderKeyOrder(postgresDialect, key);
  const texts = idents.map((ident) => `cast(${ident} as text)`).join(', ');
  const share = Math.min(1, (n * SAMPLES_PER_RANGE) / rows);
  const present = idents.map((ident) => `${ident} is not null`).join(' and ');
  // Row `_n` ends a range where the count of ranges that end up to it goes up.
  return `select distinct on (${order}) ${texts} from (
  select ${columns}, row_number() over (order by ${order}) as _n, count(*) over () as _rows
  from (select ${columns} from (${query.sql}\n) as source where random() < ${share} and ${present}) as sample
) as ranked
where _n < _rows and _n * ${n} / _rows > (_n - 1) * ${n} / _rows order by ${order}`;
}

/** Rows of `renderRangeBounds` as key tuples. */
export function toKeyTuples(
  rows: readonly (readonly SmallValue[])[],
  key: readonly Column[],
): readonly KeyTuple[] {
  return rows.map((row) => key.map(({ type }, i) => ({ type, text: String(row[i]) })));
}
