import {
  assertReadable,
  type Batch,
  type Column,
  type Query,
  type ReadOptions,
  renderKeyRange,
  ScoringError,
  WHOLE_RANGE,
} from '../../src/contract/index.js';
import { BatchBuilder } from './batch-builder.js';
import { type CallOptions, throwIfEnded, untilEnded } from './call.js';
import type { BigqueryClient } from './client.js';
import { bigqueryDialect } from './dialect.js';
import { toWarehouseError } from './errors.js';
import type { NativeTable } from './job.js';
import { runJob } from './jobs.js';
import { mergeStreams, readStream } from './read-stream.js';
import { findTable } from './table.js';

/** Streams of a read of a whole table; a range of keys takes one, since several ranges are read at a time. */
const STREAMS = 4;

/** What a session of Storage Read reads. */
interface Reading {
  readonly table: NativeTable;
  /** A condition on the rows, null for all of them. */
  readonly condition: string | null;
}

/** Streams the columns in batches, in no order. */
export async function* readBatches(
  client: BigqueryClient,
  query: Query,
  columns: readonly Column[],
  options: ReadOptions,
  call: CallOptions,
): AsyncGenerator<Batch> {
  throwIfEnded(call);
  assertReadable(columns);
  if (options.order === 'key') throw refuseOrder();
  const condition = renderKeyRange(bigqueryDialect, options.key, options.range ?? WHOLE_RANGE);
  const reading =
    (await toTable(client, query, condition, call)) ??
    (await runQuery(client, renderRead(query, columns, condition), call));
  // Whoever leaves the loop ends the streams by this signal, also those that wait for a message.
  const left = new AbortController();
  const streaming = { ...call, signal: AbortSignal.any([call.signal, left.signal]) };
  try {
    const builder = new BatchBuilder(columns, options.chunkRows, options.buffers);
    const streams = condition === null ? STREAMS : 1;
    for await (const arrow of await openStreams(client, reading, columns, streams, streaming)) {
      yield* builder.append(arrow);
      throwIfEnded(call);
    }
    if (builder.rows > 0) yield builder.take();
  } finally {
    left.abort();
  }
}

/** The table that the query reads and does nothing else with; null where it has to be computed, as a view has. */
async function toTable(
  client: BigqueryClient,
  { table }: Query,
  condition: string | null,
  call: CallOptions,
): Promise<Reading | null> {
  if (table === undefined) return null;
  const found = await findTable(client, table, call, 'read');
  return found?.type === 'TABLE' ? { table: found.tableReference, condition } : null;
}

/** Runs a query, whose result is a table that goes by itself within a day. */
async function runQuery(client: BigqueryClient, sql: string, call: CallOptions): Promise<Reading> {
  const job = await runJob(client, { query: { query: sql } }, { ...call, statement: 'read', writes: false });
  const table = job.configuration?.query?.destinationTable;
  if (table !== undefined) return { table, condition: null };
  throw new ScoringError('read: BigQuery does not say where the result is', {
    code: 'WAREHOUSE',
    stage: call.stage,
  });
}

function renderRead(query: Query, columns: readonly Column[], condition: string | null): string {
  const select = columns.map(({ name }) => bigqueryDialect.ident(name)).join(', ');
  const where = condition === null ? '' : ` where ${condition}`;
  return `select ${select} from (${query.sql}\n) as source${where}`;
}

async function openStreams(
  client: BigqueryClient,
  { table, condition }: Reading,
  columns: readonly Column[],
  maxStreamCount: number,
  call: CallOptions,
) {
  const readSession = {
    table: `projects/${table.projectId}/datasets/${table.datasetId}/tables/${table.tableId}`,
    dataFormat: 'ARROW',
    readOptions: {
      selectedFields: columns.map(({ name }) => name),
      ...(condition === null ? {} : { rowRestriction: condition }),
    },
  } as const;
  const parent = `projects/${client.project}`;
  try {
    const storage = await client.storage();
    const creating = storage.createReadSession({ parent, readSession, maxStreamCount });
    const [session] = await untilEnded(creating, call);
    const schema = session.arrowSchema?.serializedSchema as Uint8Array;
    return mergeStreams(
      (session.streams ?? []).map(({ name }) => readStream(storage, name as string, schema, call)),
    );
  } catch (error) {
    throw toWarehouseError(error, { stage: call.stage, statement: 'read' });
  }
}

function refuseOrder(): ScoringError {
  return new ScoringError('BigQuery reads in no order', {
    code: 'CAPABILITY',
    stage: 'extract',
    hint: 'Read by key ranges instead.',
  });
}
