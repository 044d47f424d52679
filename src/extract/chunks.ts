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
import type { SourceQuery } from './freeze.js';
import { readInOrder } from './read-ranges.js';
import { readLastKey, readWholeRanges } from './read-unordered.js';
import { under } from './snapshot.js';

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
 * bounds, and each range is an ordered stream of its own, small enough to sort in memory. Where reads have
 * no order, each range is a chunk. Either way chunks are
 * disjoint, cover every key and ascend.
 */
export async function* readChunks(
  adapter: WarehouseAdapter,
  sql: SqlRenderer,
  query: SourceQuery,
  plan: ReadPlan,
  rows: number,
  snapshot: Snapshot | null,
  buffers: BufferPool,
  start: ChunkStart,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  let { number, lo } = start;
  let read = 0;
  for await (const { hi, batch } of readRanges(
    adapter,
    sql,
    query,
    plan,
    rows,
    snapshot,
    buffers,
    lo,
    signal,
  )) {
    yield { number, lo, hi, batch };
    number++;
    lo = hi;
    read += batch.rows;
  }
  if (read !== rows)
    throw await explainShortRead(adapter, sql, query.rest ?? query, plan, { read, rows }, signal);
}

/** What is read of the ranges, each batch with its greatest key or a bound above it. */
async function* readRanges(
  adapter: WarehouseAdapter,
  sql: SqlRenderer,
  query: SourceQuery,
  plan: ReadPlan,
  rows: number,
  snapshot: Snapshot | null,
  buffers: BufferPool,
  lo: KeyTuple | null,
  signal: AbortSignal,
): AsyncGenerator<Pick<Chunk, 'hi' | 'batch'>> {
  const { key, columns, chunkRows, plain } = plan;
  const { readers } = adapter.capabilities.limits;
  const order = plan.order === 'key' ? 'key' : 'any';
  const options = { key, chunkRows, order, plain, ...under(snapshot), buffers, signal } as const;
  const readRange = (range: KeyRange) => adapter.read(query, columns, { ...options, range });
  if (plan.order === 'any') {
    if (rows === 0) return;
    const rest = query.rest ?? query;
    const ranges = await planRanges(adapter, rest, plan, rows, snapshot, signal);
    const last = await readLastKey(adapter, sql, rest, plan, snapshot, signal);
    yield* readWholeRanges(beginAt(ranges, lo), last, readRange, readers);
    return;
  }
  const positions = key.map((column) => columns.indexOf(column));
  const ranges = await planRanges(adapter, query, plan, rows, snapshot, signal);
  for await (const batch of readInOrder(ranges, readRange, readers)) {
    yield { hi: lastKey(batch, positions), batch };
  }
}

/** The same ranges, none of which has keys up to `lo`. */
function beginAt([first, ...others]: readonly KeyRange[], lo: KeyTuple | null): readonly KeyRange[] {
  return first === undefined ? [] : [{ ...first, lo }, ...others];
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
  snapshot: Snapshot | null,
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
  return toRanges(await adapter.ranges(query, key, n, { ...under(snapshot), signal }));
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
