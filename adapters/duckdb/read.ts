import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBResult,
  DuckDBTypeId,
} from '@duckdb/node-api';
import {
  assertReadable,
  type Batch,
  type CanonicalType,
  type Column,
  type Query,
  type ReadOptions,
  renderKeyOrder,
  renderKeyRange,
  ScoringError,
  throwIfInterrupted,
  WHOLE_RANGE,
} from '../../src/contract/index.js';
import { releaseChunks } from './collect.js';
import { duckdbDialect } from './dialect.js';
import { type HeldConnection, interruptible, type OpenStream } from './held-connection.js';
import { toCanonical, toNative, toTransfer } from './types.js';
import { BatchBuilder } from './vectors.js';

/** The query's columns; an unknown type is refused by name. */
export async function describeQuery(connection: DuckDBConnection, query: Query): Promise<readonly Column[]> {
  return (await describeNative(connection, query)).map(({ name, type, native }) => {
    if (type !== null) return { name, type, native };
    throw new ScoringError(`column "${name}" has type ${native}, which scorehouse does not take`, {
      code: 'SOURCE_INVALID',
      stage: 'plan',
      details: { column: name, type: native },
      hint: 'Leave the column out of the source query, or cast it there to a plain type.',
    });
  });
}

/** The query's columns whose types scorehouse takes. */
export async function describeKnown(connection: DuckDBConnection, query: Query): Promise<readonly Column[]> {
  return (await describeNative(connection, query)).flatMap(({ name, type, native }) =>
    type === null ? [] : [{ name, type, native }],
  );
}

type NativeColumn = Omit<Column, 'type'> & { readonly type: CanonicalType | null };

async function describeNative(connection: DuckDBConnection, query: Query): Promise<readonly NativeColumn[]> {
  const prepared = await connection.prepare(query.sql);
  try {
    return Array.from({ length: prepared.columnCount }, (_, i) => {
      const native = prepared.columnType(i);
      const untyped = native.typeId === DuckDBTypeId.SQLNULL;
      const type = untyped ? ({ kind: 'int32' } as const) : toCanonical(native);
      return { name: prepared.columnName(i), type, native: String(native) };
    });
  } finally {
    prepared.destroySync();
  }
}

/** Streams the columns in batches; the caller owns the connection. */
export async function* readBatches(
  held: HeldConnection,
  query: Query,
  columns: readonly Column[],
  options: ReadOptions,
): AsyncGenerator<Batch> {
  assertReadable(columns);
  const sql = renderRead(query, columns, options);
  const { signal } = options;
  const stream = await interruptible(held, signal, 'extract', 'read', async () => {
    return new ChunkStream(await held.connection.stream(sql));
  });
  held.keep(stream);
  const builder = new BatchBuilder(
    columns.map(({ type }) => type),
    options.chunkRows,
    options.buffers,
  );
  for (let more = true; more; ) {
    more = await interruptible(held, signal, 'extract', 'read', () => stream.fill(builder));
    // A stream that was interrupted looks like one that has ended.
    throwIfInterrupted(signal, 'extract');
    releaseChunks();
    if (builder.rows > 0) yield builder.take();
  }
}

/** Texts of a batch beyond which it closes, whatever its rows: wide rows must not take all memory. */
const MAX_TEXT_BYTES = 16 * 1024 ** 2;

/** A result's chunks, of which the last one taken may be half used. */
class ChunkStream implements OpenStream {
  #result: DuckDBResult | null;
  #chunk: DuckDBDataChunk | null = null;
  #rows = 0;
  #used = 0;

  constructor(result: DuckDBResult) {
    this.#result = result;
  }

  letGo(): void {
    this.#result = null;
    this.#chunk = null;
  }

  /** Fills the builder; false when the result has ended. */
  async fill(builder: BatchBuilder): Promise<boolean> {
    while (builder.rows < builder.capacity && builder.textBytes < MAX_TEXT_BYTES) {
      if (this.#used === this.#rows) {
        this.#chunk = (await this.#result?.fetchChunk()) ?? null;
        this.#rows = this.#chunk?.rowCount ?? 0;
        this.#used = 0;
        if (this.#chunk === null || this.#rows === 0) return false;
      }
      const { chunk } = this.#chunk as DuckDBDataChunk;
      const most = Math.min(this.#rows - this.#used, builder.capacity - builder.rows);
      this.#used += builder.append(chunk, this.#rows, this.#used, most, MAX_TEXT_BYTES - builder.textBytes);
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
