import type { BigQueryReadClient } from '@google-cloud/bigquery-storage';
import { type ArrowBatch, decodeBatch } from './arrow.js';
import { type CallOptions, throwIfEnded, toEnded } from './call.js';
import { toWarehouseError } from './errors.js';

/** Breaks of a stream in a row, without one message between them, after which it is given up. */
const MAX_BREAKS = 5;

/** What breaks a stream and passes by itself. */
const PASSING: ReadonlySet<unknown> = new Set([4, 8, 10, 13, 14]);

/** A message of a stream of rows (`ReadRowsResponse`); only what is read of it. */
interface RowsMessage {
  readonly rowCount?: number | string | { toString(): string };
  readonly arrowRecordBatch?: { readonly serializedRecordBatch?: Uint8Array };
}

/** The driver's stream, which asks for more as it is read. */
type Rows = AsyncIterable<RowsMessage> & { cancel(): void; destroy(): void };

/** Reads a stream to its end; where it breaks, it is taken up again behind the rows that have come. */
export async function* readStream(
  storage: BigQueryReadClient,
  name: string,
  schema: Uint8Array,
  call: CallOptions,
): AsyncGenerator<ArrowBatch> {
  let offset = 0;
  for (let breaks = 0; ; ) {
    throwIfEnded(call);
    const rows = storage.readRows({ readStream: name, offset }) as unknown as Rows;
    const stop = () => rows.destroy();
    call.signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of rows) {
        const bytes = message.arrowRecordBatch?.serializedRecordBatch;
        if (bytes === undefined || bytes === null) continue;
        const batch = decodeBatch(schema, bytes);
        offset += batch.rows;
        breaks = 0;
        yield batch;
      }
      throwIfEnded(call);
      return;
    } catch (error) {
      if (call.signal.aborted) throw toEnded(call);
      const passes = PASSING.has((error as { readonly code?: unknown }).code);
      if (!passes || ++breaks > MAX_BREAKS)
        throw toWarehouseError(error, { stage: call.stage, statement: 'read' });
    } finally {
      call.signal.removeEventListener('abort', stop);
      rows.cancel();
      rows.destroy();
    }
  }
}

/** The batches of all streams as they come. Leaving the loop ends every one of them. */
export async function* mergeStreams(
  streams: readonly AsyncGenerator<ArrowBatch>[],
): AsyncGenerator<ArrowBatch> {
  const waiting = new Map(streams.map((stream) => [stream, next(stream)]));
  try {
    while (waiting.size > 0) {
      const { stream, result } = await Promise.race(waiting.values());
      if (result.done === true) {
        waiting.delete(stream);
        continue;
      }
      waiting.set(stream, next(stream));
      yield result.value;
    }
  } finally {
    for (const each of waiting.values()) each.catch(() => undefined);
    // Not awaited: a generator that waits for a message returns only then, and its call's signal ends it.
    for (const stream of streams) stream.return(undefined).catch(() => undefined);
  }
}

async function next(stream: AsyncGenerator<ArrowBatch>) {
  return { stream, result: await stream.next() };
}
