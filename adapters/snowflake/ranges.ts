import {
  BufferPool,
  type Column,
  type KeyTuple,
  type Query,
  renderKeyOrder,
  valueToText,
} from '../../src/contract/index.js';
import { snowflakeDialect } from './dialect.js';
import type { SessionPool } from './pool.js';
import { readBatches } from './read.js';

/** Keys that cut the query's keys into `n` equal ranges: the warehouse sorts and counts them all. */
export async function findBounds(
  pool: SessionPool,
  query: Query,
  key: readonly Column[],
  n: number,
  signal: AbortSignal,
): Promise<readonly KeyTuple[]> {
  const options = { key, order: 'key', chunkRows: n, buffers: new BufferPool(), signal } as const;
  const tuples: KeyTuple[] = [];
  for await (const { rows, columns } of readBatches(pool, renderBounds(query, key, n), key, options)) {
    for (let row = 0; row < rows; row++) {
      tuples.push(columns.map((vector) => ({ type: vector.type, text: valueToText(vector, row) })));
    }
  }
  return tuples;
}

function renderBounds(query: Query, key: readonly Column[], n: number): Query {
  const idents = key.map(({ name }) => snowflakeDialect.ident(name));
  const columns = idents.join(', ');
  const order = renderKeyOrder(snowflakeDialect, key);
  const present = idents.map((ident) => `${ident} is not null`).join(' and ');
  // Row `_n` ends a range where the count of ranges that end up to it goes up.
  return {
    sql: `select distinct ${columns} from (
  select ${columns}, row_number() over (order by ${order}) as _n, count(*) over () as _rows
  from (${query.sql}
) as source where ${present}
) as ranked
where _n < _rows and floor(_n * ${n} / _rows) > floor((_n - 1) * ${n} / _rows)`,
  };
}
