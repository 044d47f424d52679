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

/** Rows of one key range (lo, hi], read together. */
export interface Chunk {
  /** From 0, in the order of the keys. */
  readonly number: number;
  readonly lo: KeyTuple | null;
  readonly hi: KeyTuple;
  readonly batch: Batch;
}

/**
 * Reads the source in keyed chunks. Under `scan` it is one ordered stream; under `ranges` the warehouse first gives
 * bounds, and each range is an ordered stream of its own, small enough to sort in memory. Either way chunks are
 * disjoint, cover every key and ascend.
 */
export async function* readChunks(
  adapter: WarehouseAdapter,
  query: Query,
  plan: ReadPlan,
  rows: number,
  snapshot: Snapshot,
  buffers: BufferPool,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const { key, columns, chunkRows } = plan;
  const order = plan.order === 'key' ? 'key' : 'any';
  const positions = key.map((column) => columns.indexOf(column));
  let number = 0;
  let lo: KeyTuple | null = null;
  for (const range of await planRanges(adapter, query, plan, rows, snapshot, signal)) {
    const options = { key, range, chunkRows, order, snapshot, buffers, signal } as const;
    for await (const batch of adapter.read(query, columns, options)) {
      const hi = lastKey(batch, positions);
      yield { number, lo, hi, batch };
      number++;
      lo = hi;
    }
  }
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
