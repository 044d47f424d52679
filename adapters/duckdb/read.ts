import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBResult,
  DuckDBTypeId,
} from '@duckdb/node-api';
import {
  type Batch,
  type Column,
  type KeyTuple,
  type Query,
  type ReadOptions,
  renderKeyOrder,
  renderKeyRange,
  ScoringError,
  WHOLE_RANGE,
} from '../../src/contract/index.js';
import { releaseChunks } from './collect.js';
import { interruptible } from './connection.js';
import { duckdbDialect } from './dialect.js';
import { toCanonical, toNative, toTransfer } from './types.js';
import { BatchBuilder } from './vectors.js';

/** The query's columns; an unknown type is refused by name. */
export async function describeQuery(connection: DuckDBConnection, query: Query): Promise<readonly Column[]> {
  const prepared = await connection.prepare(query.sql);
  try {
    return Array.from({ length: prepared.columnCount }, (_, i) => {
      const native = prepared.columnType(i);
      const type =
        native.typeId === DuckDBTypeId.SQLNULL ? ({ kind: 'int32' } as const) : toCanonical(native);
      if (type !== null) return { name: prepared.columnName(i), type, native: String(native) };
      throw new ScoringError(
        `column "${prepared.columnName(i)}" has type ${native}, which scorehouse does not take`,
        {
          code: 'SOURCE_INVALID',
          stage: 'plan',
          details: { column: prepared.columnName(i), type: String(native) },
          hint: 'Leave the column out of the source query, or cast it there to a plain type.',
        },
      );
    });
  } finally {
    prepared.destroySync();
  }
}

/** Streams the columns in batches; the caller owns the connection. */
export async function* readBatches(
  connection: DuckDBConnection,
  query: Query,
  columns: readonly Column[],
  options: ReadOptions,
): AsyncGenerator<Batch> {
  const sql = renderRead(query, columns, options);
  const { signal } = options;
  const result = await interruptible(connection, signal, 'extract', 'read', () => connection.stream(sql));
  const builder = new BatchBuilder(
    columns.map(({ type }) => type),
    options.chunkRows,
    options.buffers,
  );
  const stream = new ChunkStream(result);
  for (let more = true; more; ) {
    more = await interruptible(connection, signal, 'extract', 'read', () => stream.fill(builder));
    releaseChunks();
    if (builder.rows > 0) yield builder.take();
  }
}

/** Texts of a batch beyond which it closes, whatever its rows: wide rows must not take all memory. */
const MAX_TEXT_BYTES = 16 * 1024 ** 2;

/** A result's chunks, of which the last one taken may be half used. */
class ChunkStream {
  readonly #result: DuckDBResult;
  #chunk: DuckDBDataChunk | null = null;
  #rows = 0;
  #used = 0;

  constructor(result: DuckDBResult) {
    this.#result = result;
  }

  /** Fills the builder; false when the result has ended. */
  async fill(builder: BatchBuilder): Promise<boolean> {
    while (builder.rows < builder.capacity && builder.textBytes < MAX_TEXT_BYTES) {
      if (this.#used === this.#rows) {
        this.#chunk = await this.#result.fetchChunk();
        this.#rows = this.#chunk?.rowCount ?? 0;
        this.#used = 0;
        if (this.#chunk === null || this.#rows === 0) return false;
      }
      const count = Math.min(this.#rows - this.#used, builder.capacity - builder.rows);
      builder.append((this.#chunk as DuckDBDataChunk).chunk, this.#rows, this.#used, count);
      this.#used += count;
    }
    return true;
  }
}

function renderRead(query: Query, columns: readonly Column[], options: ReadOptions): string {
  const condition = renderKeyRange(duckdbDialect, options.key, options.range ?? WHOLE_RANGE);
  const where = condition === null ? '' : ` where ${condition}`;
  const order = options.order === 'key' ? ` order by ${renderKeyOrder(duckdbDialect, options.key)}` : '';
  return `select ${columns.map(renderColumn).join(', ')} from (${query.sql}\n) as source${where}${order}`;
}

/** The column in the physical form that the vector layout has. */
function renderColumn({ name, type, native }: Column): string {
  const transfer = toNative(toTransfer(type));
  const ident = duckdbDialect.ident(name);
  return native.toLowerCase() === transfer ? ident : `cast(${ident} as ${transfer})`;
}

/**
 * Keys that cut the query's keys into about `n` equal ranges, from a reservoir sample: one pass over the key
 * columns and a small sort, whatever the type.
 */
export function renderRangeBounds(query: Query, key: readonly Column[], n: number): string {
  const columns = key.map(({ name }) => duckdbDialect.ident(name)).join(', ');
  const order = renderKeyOrder(duckdbDialect, key);
  const step = 64;
  const texts = key.map(({ name }) => `cast(${duckdbDialect.ident(name)} as varchar)`).join(', ');
  return `select ${texts} from (
  select ${columns}, row_number() over (order by ${order}) as _n
  from (select ${columns} from (${query.sql}\n) as source using sample reservoir(${n * step} rows)) as sample
) as ranked where _n % ${step} = 0 and _n < ${n * step} order by _n`;
}

/** Rows of `renderRangeBounds` as key tuples. */
export function toKeyTuples(
  rows: readonly (readonly unknown[])[],
  key: readonly Column[],
): readonly KeyTuple[] {
  return rows.map((row) => key.map(({ type }, i) => ({ type, text: String(row[i]) })));
}
