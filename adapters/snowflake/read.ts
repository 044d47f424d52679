import {
  assertReadable,
  type Batch,
  type Column,
  type Query,
  type ReadOptions,
  renderKeyOrder,
  renderKeyRange,
  WHOLE_RANGE,
} from '../../src/contract/index.js';
import { ask } from './ask.js';
import { decodeColumn } from './decode.js';
import { snowflakeDialect } from './dialect.js';
import { toCallError } from './errors.js';
import type { SessionPool } from './pool.js';
import { type Row, RowReader } from './rows.js';
import { toTag } from './session.js';

/** Characters of a batch beyond which it closes, whatever its rows: wide rows must not take all memory. */
const MAX_TEXT = 16 * 1024 ** 2;

/**
 * Streams the columns in batches. The session is given back as soon as the statement has run: its result is read from
 * storage, where it stays.
 */
export async function* readBatches(
  pool: SessionPool,
  query: Query,
  columns: readonly Column[],
  options: ReadOptions,
): AsyncGenerator<Batch> {
  assertReadable(columns);
  const { chunkRows, buffers, annotations } = options;
  const call = { stage: 'extract', annotations, signal: options.signal } as const;
  const signal = pool.signalOf(call);
  const place = pool.placeOf('extract', 'read');
  using reader = await startReading(pool, renderRead(query, columns, options), call);
  const stop = () => reader.fail(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const rows = await takeRows(reader, columns, chunkRows);
      if (rows.length === 0) return;
      yield {
        rows: rows.length,
        columns: columns.map((column, index) => decodeColumn(rows, index, column, buffers)),
      };
    }
  } catch (error) {
    throw toCallError(error, signal, place);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function startReading(
  pool: SessionPool,
  sql: string,
  call: Parameters<SessionPool['hold']>[0],
): Promise<RowReader> {
  using held = await pool.hold(call);
  const asked = { sql, signal: pool.signalOf(call), tag: toTag(call.annotations) };
  return new RowReader(await ask(pool, held.session, asked, pool.placeOf('extract', 'read')));
}

/** The rows of a batch; none at the end. */
async function takeRows(
  reader: RowReader,
  columns: readonly Column[],
  most: number,
): Promise<readonly Row[]> {
  const variable = columns.flatMap(({ type }, i) =>
    type.kind === 'text' || type.kind === 'bytes' ? [i] : [],
  );
  const rows: Row[] = [];
  let text = 0;
  while (rows.length < most && text < MAX_TEXT) {
    const row = reader.peek() ?? (await reader.next());
    if (row === null) break;
    rows.push(row);
    for (const index of variable) text += (row[index] as string | null)?.length ?? 0;
  }
  return rows;
}

function renderRead(query: Query, columns: readonly Column[], options: ReadOptions): string {
  const condition = renderKeyRange(snowflakeDialect, options.key, options.range ?? WHOLE_RANGE);
  const where = condition === null ? '' : ` where ${condition}`;
  const order = options.order === 'key' ? ` order by ${renderKeyOrder(snowflakeDialect, options.key)}` : '';
  const select = columns.map((column, i) => `${renderTransfer(column)} as c${i}`).join(', ');
  return `select ${select} from (${query.sql}\n) as source${where}${order}`;
}

/**
 * The column in the form that it is decoded from. Whole numbers travel as text, which the driver hands on as it is; it
 * would make a JavaScript number of each other value first.
 */
function renderTransfer({ name, type }: Column): string {
  const ident = snowflakeDialect.ident(name);
  switch (type.kind) {
    case 'int32':
    case 'int64':
    case 'decimal':
      return `cast(${ident} as varchar)`;
    case 'date':
      return `cast(datediff(day, cast('1970-01-01' as date), ${ident}) as varchar)`;
    case 'time':
      return `cast(datediff(microsecond, cast('00:00:00' as time), ${ident}) as varchar)`;
    case 'timestamp':
      return `cast(date_part(epoch_microsecond, ${ident}) as varchar)`;
    default:
      return ident;
  }
}
