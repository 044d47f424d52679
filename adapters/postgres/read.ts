import {
  assertReadable,
  type Batch,
  type Column,
  type Query,
  type ReadOptions,
  renderKeyOrder,
  renderKeyRange,
  throwIfInterrupted,
  toInterrupted,
  WHOLE_RANGE,
} from '../../src/contract/index.js';
import { abandon } from './cancel.js';
import { CopyOut } from './copy-out.js';
import { postgresDialect } from './dialect.js';
import { type ErrorPlace, toCallError } from './errors.js';
import type { PgConnection } from './pool.js';
import { toNative } from './types.js';

/**
 * Streams the columns in batches. The caller owns the connection, which is lost where the loop ends early: what the
 * server still has to send may be long.
 */
export async function* readBatches(
  connection: PgConnection,
  query: Query,
  columns: readonly Column[],
  options: ReadOptions,
  place: ErrorPlace,
): AsyncGenerator<Batch> {
  const { chunkRows, buffers, signal } = options;
  throwIfInterrupted(signal, place.stage);
  assertReadable(columns);
  const copy = new CopyOut(renderRead(query, columns, options), columns, chunkRows, buffers);
  const stop = () => copy.fail(toInterrupted(place.stage));
  signal.addEventListener('abort', stop, { once: true });
  try {
    connection.query(copy);
    for (let batch = await copy.next(); batch !== null; batch = await copy.next()) yield batch;
  } catch (error) {
    throw toCallError(error, signal, place);
  } finally {
    signal.removeEventListener('abort', stop);
    if (!copy.ended) await abandon(connection);
  }
}

function renderRead(query: Query, columns: readonly Column[], options: ReadOptions): string {
  const condition = renderKeyRange(postgresDialect, options.key, options.range ?? WHOLE_RANGE);
  const where = condition === null ? '' : ` where ${condition}`;
  const order = options.order === 'key' ? ` order by ${renderKeyOrder(postgresDialect, options.key)}` : '';
  const select = `select ${columns.map(renderColumn).join(', ')} from (${query.sql}\n) as source`;
  return `copy (${select}${where}${order}) to stdout (format binary)`;
}

/** The column in the binary form that its canonical type is decoded from; char(n) loses its padding. */
function renderColumn({ name, type, native }: Column): string {
  const ident = postgresDialect.ident(name);
  const transfer = toNative(type);
  return native === transfer ? ident : `cast(${ident} as ${transfer})`;
}
