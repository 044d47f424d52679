import {
  type Batch,
  concatBatches,
  type KeyRange,
  type KeyTuple,
  type Query,
  ScoringError,
  type Snapshot,
  type WarehouseAdapter,
} from '../contract/index.js';
import type { ReadPlan } from '../plan/scoring-plan.js';
import type { SqlRenderer } from '../sql/renderer.js';
import { readInOrder } from './read-ranges.js';
import { under } from './snapshot.js';

/** A key range that has rows, and all of these in no order. */
export interface ReadRange {
  readonly hi: KeyTuple;
  readonly batch: Batch;
}

/**
 * Reads each range as a whole, several at the same time, for warehouses whose reads have no order. Their bounds are the
 * chunks'; only the last key is asked for, since nobody here compares keys.
 */
export async function* readWholeRanges(
  ranges: readonly KeyRange[],
  last: KeyTuple,
  readRange: (range: KeyRange) => AsyncIterable<Batch>,
  readers: number,
): AsyncGenerator<ReadRange> {
  const readWhole = async function* (range: KeyRange) {
    const batches: Batch[] = [];
    for await (const batch of readRange(range)) batches.push(batch);
    if (batches.length > 0) yield { hi: range.hi ?? last, batch: concatBatches(batches) };
  };
  yield* readInOrder(ranges, readWhole, readers);
}

/** The greatest key of a query that has rows. */
export async function readLastKey(
  adapter: WarehouseAdapter,
  sql: SqlRenderer,
  query: Query,
  { key }: Pick<ReadPlan, 'key'>,
  snapshot: Snapshot | null,
  signal: AbortSignal,
): Promise<KeyTuple> {
  const columns = key.map(({ name }) => name);
  const statement = sql.render('source/last_key', {
    query: query.sql,
    columns,
    keys: key.map((each) => [each]),
  });
  const options = { maxRows: 1, stage: 'extract', ...under(snapshot), signal } as const;
  const [row] = (await adapter.query(statement, options)).rows;
  if (row === undefined) {
    throw new ScoringError('the source has lost its rows', {
      code: 'WAREHOUSE',
      stage: 'extract',
      retryable: true,
      hint: 'Run again.',
    });
  }
  return key.map(({ type }, i) => ({ type, text: String(row[i]) }));
}
