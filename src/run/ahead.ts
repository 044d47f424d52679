/** Runs an iterable ahead of its consumer, holding at most `depth` values; errors arrive in their place. */
export async function* readAhead<T>(source: AsyncIterable<T>, depth: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const queue: Promise<IteratorResult<T>>[] = [];
  const pull = () => {
    // Chained, since a generator answers one call at a time and a failed one must not be asked again.
    const next = (queue.at(-1) ?? Promise.resolve()).then(() => iterator.next());
    next.catch(() => undefined);
    queue.push(next);
  };
  try {
    for (let i = 0; i < depth; i++) pull();
    for (;;) {
      const result = await (queue.shift() as Promise<IteratorResult<T>>);
      if (result.done) return;
      pull();
      yield result.value;
    }
  } finally {
    await Promise.allSettled(queue);
    await iterator.return?.();
  }
}

/** Maps with up to `depth` results under way, in the order of the source. */
export async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  depth: () => number,
  map: (value: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const value of source) {
      const result = map(value);
      result.catch(() => undefined);
      underWay.push(result);
      while (underWay.length >= depth()) yield await (underWay.shift() as Promise<R>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(underWay);
  }
}
