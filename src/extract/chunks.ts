import {
  type Batch,
  type BufferPool,
  canRange,
  type KeyRange,
  type KeyTuple,
  type Query,
  ScoringError,
  type Snapshot,
  valueToText,
  type WarehouseAdapter,
  WHOLE_RANGE,
} from '../contract/index.js';
import type { ReadPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';
import { readInOrder } from './read-ranges.js';

/** Rows of one key range (lo, hi], read together. */
export interface Chunk {
  /** From 0, in the order of the keys. */
  readonly number: number;
  readonly lo: KeyTuple | null;
  readonly hi: KeyTuple;
  readonly batch: Batch;
}

/** Where chunks begin: the first one's number, and the greatest key of the one before it. */
export interface ChunkStart {
  readonly number: number;
  readonly lo: KeyTuple | null;
}

export const FIRST_CHUNK: ChunkStart = { number: 0, lo: null };

/**
 * Reads the source in keyed chunks. Under `scan` it is one ordered stream; under `ranges` the warehouse first gives
 * bounds, and each range is an ordered stream of its own, small enough to sort in memory. Either way chunks are
 * disjoint, cover every key and ascend.
 */
export async function* readChunks(
  adapter: WarehouseAdapter,
  sql: SqlRenderer,
  query: Query,
  plan: ReadPlan,
  rows: number,
  snapshot: Snapshot,
  buffers: BufferPool,
  start: ChunkStart,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const { key, columns, chunkRows } = plan;
  const order = plan.order === 'key' ? 'key' : 'any';
  const positions = key.map((column) => columns.indexOf(column));
  let { number, lo } = start;
  let read = 0;
  const ranges = await planRanges(adapter, query, plan, rows, snapshot, signal);
  const options = { key, chunkRows, order, plain: plan.plain, snapshot, buffers, signal } as const;
  const readRange = (range: KeyRange) => adapter.read(query, columns, { ...options, range });
  for await (const batch of readInOrder(ranges, readRange, adapter.capabilities.limits.readers)) {
    const hi = lastKey(batch, positions);
    yield { number, lo, hi, batch };
    number++;
    lo = hi;
    read += batch.rows;
  }
  if (read !== rows) throw await explainShortRead(adapter, sql, query, plan, { read, rows }, signal);
}

/**
 * A driver may take an error in mid-stream for the end of the data. Counting every column makes the warehouse compute
 * each value once more and say what is wrong.
 */
async function explainShortRead(
  adapter: WarehouseAdapter,
  sql: SqlRenderer,
  query: Query,
  { columns }: ReadPlan,
  { read, rows }: { readonly read: number; readonly rows: number },
  signal: AbortSignal,
): Promise<ScoringError> {
  const statement = sql.render('source/recount', { query: query.sql, columns });
  // Outside the snapshot, whose transaction the error may have ended.
  await adapter.query(statement, { maxRows: 1, stage: 'extract', readOnly: true, signal });
  return new ScoringError(`the read ended after ${read} of ${rows} rows`, {
    code: 'WAREHOUSE',
    stage: 'extract',
    retryable: true,
    details: { read, rows },
    hint: 'The source did not give the rows that it counted: see that its query is deterministic, and run again.',
  });
}

async function planRanges(
  adapter: WarehouseAdapter,
  query: Query,
  { paging, rangeRows, key }: ReadPlan,
  rows: number,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<readonly KeyRange[]> {
  const n = Math.ceil(rows / rangeRows);
  if (paging === 'scan' || n < 2) return [WHOLE_RANGE];
  if (!canRange(adapter)) {
    throw new ScoringError(`${adapter.kind} cannot cut a key into ranges`, {
      code: 'CAPABILITY',
      stage: 'extract',
    });
  }
  return toRanges(await adapter.ranges(query, key, n, { snapshot, signal }));
}

/** n ascending bounds make n + 1 ranges that cover everything. */
export function toRanges(bounds: readonly KeyTuple[]): readonly KeyRange[] {
  return [...bounds, null].map((hi, i) => ({ lo: bounds[i - 1] ?? null, hi }));
}

function lastKey(batch: Batch, positions: readonly number[]): KeyTuple {
  return positions.map((position) => {
    const vector = batch.columns[position];
    if (vector === undefined)
      throw new ScoringError('a key column was not read', { code: 'INVARIANT', stage: 'extract' });
    return { type: vector.type, text: valueToText(vector, batch.rows - 1) };
  });
}
