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

/** Fewer rows than this are all looked at. */
const MIN_SAMPLES = 100_000;

/**
 * Keys that cut the query's keys into about `n` equal ranges. The rows to look at are picked by chance, about as many
 * as are needed: a sort of all keys would not fit into one worker's memory. Bounds are keys of the query, so they are
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
  const statement = { name: 'ranges', sql: renderBounds(query, key, n) };
  const { rows } = await querySmall(client, statement, { maxRows: n, signal: call.signal }, call);
  return rows.map((row) => key.map((column, i) => toKeyValue(column, row[i] as SmallValue)));
}

function renderBounds(query: Query, key: readonly Column[], n: number): string {
  const order = renderKeyOrder(bigqueryDialect, key);
  const idents = key.map(({ name }) => bigqueryDialect.ident(name));
  const present = idents.map((ident) => `${ident} is not null`).join(' and ');
  const samples = Math.max(MIN_SAMPLES, n * SAMPLES_PER_RANGE);
  // Row `_n` ends a range where the count of ranges that end up to it goes up.
  return `with source as (
select ${idents.join(', ')} from (${query.sql}\n) as source
), picked as (
select * from source where ${present} and rand() * (select count(*) from source) < ${samples}
), ranked as (
select *, row_number() over (order by ${order}) as _n, count(*) over () as _rows from picked
), bounds as (
select ${idents.join(', ')}, min(_n) as _first from ranked
where _n < _rows and div(_n * ${n}, _rows) > div((_n - 1) * ${n}, _rows) group by ${idents.join(', ')}
)
select ${key.map(renderText).join(', ')} from bounds order by _first`;
}

/** A key in the text that its type is written in elsewhere: as it is read, not as SQL would show it. */
function renderText({ name, type }: Column, i: number): string {
  const ident = bigqueryDialect.ident(name);
  switch (type.kind) {
    case 'date':
      return `format_date('%F', ${ident}) as k${i}`;
    case 'decimal':
      return `cast(${ident} as string) as k${i}`;
    default:
      return `${ident} as k${i}`;
  }
}

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
