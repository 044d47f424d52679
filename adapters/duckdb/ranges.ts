import type { Batch } from '../../src/contract/index.js';
import {
  type Column,
  type KeyTuple,
  type Query,
  renderKeyOrder,
  valueToText,
} from '../../src/contract/index.js';
import { duckdbDialect } from './dialect.js';

/** Rows of the sample for each range. */
const SAMPLE = 64;

/**
 * Keys that cut the query's keys into about `n` equal ranges, from a reservoir sample: one pass over the key
 * columns and a small sort, whatever the type.
 */
export function renderRangeBounds({ sql }: Query, key: readonly Column[], n: number): Query {
  const columns = key.map(({ name }) => duckdbDialect.ident(name)).join(', ');
  const order = renderKeyOrder(duckdbDialect, key);
  return {
    sql: `select ${columns} from (
  select ${columns}, row_number() over (order by ${order}) as _n
  from (select ${columns} from (${sql}\n) as source using sample reservoir(${n * SAMPLE} rows)) as sample
) as ranked where _n % ${SAMPLE} = 0 and _n < ${n * SAMPLE}`,
  };
}

/** The rows of a batch of keys. */
export function toKeyTuples({ rows, columns }: Batch): readonly KeyTuple[] {
  return Array.from({ length: rows }, (_, row) =>
    columns.map((vector) => ({ type: vector.type, text: valueToText(vector, row) })),
  );
}
