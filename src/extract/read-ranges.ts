import type { Batch, KeyRange } from '../contract/index.js';

/**
 * What is read of all ranges in the order of the ranges. With several readers so many ranges are read at the same time,
 * each held in memory until its turn: they should be about as large as a chunk.
 */
export async function* readInOrder<T = Batch>(
  ranges: readonly KeyRange[],
  readRange: (range: KeyRange) => AsyncIterable<T>,
  readers: number,
): AsyncGenerator<T> {
  if (readers === 1 || ranges.length === 1) {
    for (const range of ranges) yield* readRange(range);
    return;
  }
  const waiting = [...ranges];
  const underWay: Promise<readonly T[]>[] = [];
  const begin = () => {
    const range = waiting.shift();
    if (range === undefined) return;
    const batches = collect(readRange(range));
    // Awaited in its turn; until then a failure must not count as unhandled.
    batches.catch(() => undefined);
    underWay.push(batches);
  };
  try {
    for (let i = 0; i < readers; i++) begin();
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
      const batches = await next;
      begin();
      yield* batches;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function collect<T>(batches: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const batch of batches) collected.push(batch);
  return collected;
}
