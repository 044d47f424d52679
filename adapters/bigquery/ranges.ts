import {
  type Column,
  type KeyTuple,
  type KeyValue,
  type Query,
  renderKeyOrder,
  type SmallValue,
} from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import type { BigqueryClient } from './client.js';
import { bigqueryDialect } from './dialect.js';
import { querySmall } from './small-result.js';

/** Sampled keys for each range: ranges differ from each other by about a tenth. */
const SAMPLES_PER_RANGE = 100;

/** Least rows that are looked at. */
const MIN_SAMPLES = 100_000;

/**
 * Keys that cut the query's keys into about `n` equal ranges. The rows are counted, and so many picked by chance as are
 * needed: a sort of all keys would not fit into the one worker that makes it. Bounds are keys of the query, so they are
 * right whatever was picked.
 */
export async function findBounds(
  client: BigqueryClient,
  query: Query,
  key: readonly Column[],
  n: number,
  call: CallOptions,
): Promise<readonly KeyTuple[]> {
  if (n < 2) return [];
  const ask = async (sql: string, maxRows: number) =>
    (await querySmall(client, { name: 'ranges', sql }, { maxRows, signal: call.signal }, call)).rows;
  const [[count = 0] = []] = await ask(`select count(*) from (${query.sql}\n) as source`, 1);
  const share = Math.max(MIN_SAMPLES, n * SAMPLES_PER_RANGE) / Math.max(1, Number(count));
  const rows = await ask(renderBounds(query, key, n, share), n);
  return rows.map((row) => key.map((column, i) => toKeyValue(column, row[i] as SmallValue)));
}

function renderBounds(query: Query, key: readonly Column[], n: number, share: number): string {
  const order = renderKeyOrder(bigqueryDialect, key);
  const idents = key.map(({ name }) => bigqueryDialect.ident(name));
  const columns = idents.join(', ');
  const present = idents.map((ident) => `${ident} is not null`).join(' and ');
  const picked = share < 1 ? ` and rand() < ${share}` : '';
  // Row `_n` ends a range where the count of ranges that end up to it goes up.
  return `with ranked as (
select ${columns}, row_number() over (order by ${order}) as _n, count(*) over () as _rows
from (${query.sql}\n) as source where ${present}${picked}
), bounds as (
select ${columns}, min(_n) as _first from ranked
where _n < _rows and div(_n * ${n}, _rows) > div((_n - 1) * ${n}, _rows) group by ${columns}
)
select ${key.map(renderText).join(', ')} from bounds order by _first`;
}

/** A key as a result shows it; decimals as texts, which have no exponents. */
function renderText({ name, type }: Column, i: number): string {
  const ident = bigqueryDialect.ident(name);
  return type.kind === 'decimal' ? `cast(${ident} as string) as k${i}` : `${ident} as k${i}`;
}

/** A key in the text that reading it gives, not as a result shows it. */
function toKeyValue({ type }: Column, value: SmallValue): KeyValue {
  const text = String(value);
  if (type.kind === 'decimal') return { type, text: padDigits(text, type.scale) };
  if (type.kind === 'time' || (type.kind === 'timestamp' && !type.zoned))
    return { type, text: padMicros(text) };
  return { type, text };
}

/** A decimal with as many digits behind the point as its type has; BigQuery leaves out zeros at the end. */
function padDigits(text: string, scale: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0').slice(0, scale)}`;
}

function padMicros(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}
