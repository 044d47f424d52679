import { createHash } from 'node:crypto';
import {
  type LoadOptions,
  type LoadPart,
  type Relation,
  renderRelation,
  ScoringError,
} from '../../src/contract/index.js';
import { type CallOptions, throwIfEnded, untilEnded } from './call.js';
import type { BigqueryClient } from './client.js';
import { toWarehouseError } from './errors.js';
import { runTogether } from './execute.js';
import type { Job, NativeField } from './job.js';
import { findJob, followJob, type JobPlace, waitForJob } from './jobs.js';
import { ParquetWriter } from './parquet.js';
import { Spool } from './spool.js';
import { findTable, type TableMetadata } from './table.js';
import { upload } from './upload.js';

/** What one load sends: its rows are in a file. */
interface Loading {
  readonly table: TableMetadata;
  readonly fields: readonly NativeField[];
  readonly spool: Spool;
  /** The load's name, which is its job's id but for the generation. */
  readonly name: string;
}

/**
 * Loads parts by one load job, all rows or none. The job's id is made of the parts' load keys: sent again, it is the
 * same job. Statements of `with` follow in a transaction of their own, so that rows without their ledger rows are
 * possible, and never the other way round.
 */
export async function loadParts(
  client: BigqueryClient,
  relation: Relation,
  parts: AsyncIterable<LoadPart>,
  options: LoadOptions,
  call: CallOptions,
): Promise<number> {
  throwIfEnded(call);
  const table = await findTable(client, relation, call, 'load');
  if (table === null) throw notThere(relation, call);
  const fields = pickFields(table, options.columns, call);
  await using spool = await Spool.make();
  const { rows, loadKeys } = await writeParts(spool, fields, parts, call);
  const statements = options.with?.() ?? [];
  if (rows > 0) await sendOnce(client, { table, fields, spool, name: nameLoad(table, loadKeys) }, call);
  await runTogether(client, statements, call);
  return rows;
}

function notThere(relation: Relation, { stage }: CallOptions): ScoringError {
  return new ScoringError(`load: there is no table ${renderRelation(relation)}`, {
    code: 'WAREHOUSE',
    stage,
  });
}

/** The table's columns that parts give, in their order. */
function pickFields(
  { schema }: TableMetadata,
  names: readonly string[] | undefined,
  { stage }: CallOptions,
): readonly NativeField[] {
  const fields = schema?.fields ?? [];
  return (names ?? fields.map(({ name }) => name)).map((name) => {
    const found = fields.find((field) => field.name === name);
    if (found !== undefined) return found;
    throw new ScoringError(`load: the table has no column "${name}"`, { code: 'WAREHOUSE', stage });
  });
}

async function writeParts(
  spool: Spool,
  fields: readonly NativeField[],
  parts: AsyncIterable<LoadPart>,
  call: CallOptions,
): Promise<{ readonly rows: number; readonly loadKeys: readonly bigint[] }> {
  const writer = new ParquetWriter(
    (bytes) => spool.write(bytes),
    fields.map(({ name }) => name),
  );
  const iterator = parts[Symbol.asyncIterator]();
  const loadKeys: bigint[] = [];
  let rows = 0;
  try {
    for (;;) {
      const { value: part, done } = await untilEnded(iterator.next(), call);
      if (done === true) break;
      assertColumns(part, fields, call);
      await writer.add(part);
      loadKeys.push(part.loadKey);
      rows += part.rows;
    }
    if (rows > 0) await writer.end();
  } catch (error) {
    // Not awaited: what waits for its next part returns only then.
    iterator.return?.()?.catch(() => undefined);
    throw error;
  }
  return { rows, loadKeys };
}

function assertColumns({ columns }: LoadPart, fields: readonly NativeField[], { stage }: CallOptions): void {
  if (columns.length === fields.length) return;
  throw new ScoringError(`load: a part of ${columns.length} columns for a table of ${fields.length}`, {
    code: 'INVARIANT',
    stage,
  });
}

/** The same for the same rows of the same table; a table that was made again is another one. */
function nameLoad({ tableReference, creationTime }: TableMetadata, loadKeys: readonly bigint[]): string {
  const { projectId, datasetId, tableId } = tableReference;
  const text = JSON.stringify([projectId, datasetId, tableId, creationTime, loadKeys.map(String)]);
  return `scorehouse-load-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

/** Sends the file, unless a job of the same name has loaded it, or is about to. */
async function sendOnce(client: BigqueryClient, loading: Loading, call: CallOptions): Promise<void> {
  const place: JobPlace = { ...call, statement: 'load', writes: true };
  for (let generation = 0; ; generation++) {
    const id = `${loading.name}-g${generation}`;
    const ended = await findEnded(client, id, place);
    // The id of a job that failed is spent for ever, and nothing of it is there.
    if (ended?.status.errorResult !== undefined) continue;
    if (ended === null)
      await followJob(
        client,
        id,
        (jobId) => upload(client, toWork(loading), loading.spool, jobId, place),
        place,
      );
    return;
  }
}

/** An earlier job of this id, once it has ended; null where there is none. */
async function findEnded(client: BigqueryClient, id: string, place: JobPlace): Promise<Job | null> {
  let found: Job | null;
  try {
    found = await untilEnded(findJob(client, id), place);
  } catch (error) {
    throw toWarehouseError(error, place);
  }
  return found === null ? null : await waitForJob(client, found, place);
}

function toWork({ table, fields }: Loading) {
  return {
    load: {
      destinationTable: table.tableReference,
      sourceFormat: 'PARQUET',
      parquetOptions: { enableListInference: true },
      schema: { fields },
      writeDisposition: 'WRITE_APPEND',
      createDisposition: 'CREATE_NEVER',
    },
  };
}
