import {
  type CanonicalType,
  type QueryOptions,
  ScoringError,
  type SmallResult,
  type SmallValue,
  type Statement,
  valueToText,
} from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import type { BigqueryClient } from './client.js';
import { assertReads } from './dry-run.js';
import type { Job, NativeField, NativeSchema } from './job.js';
import { runJob } from './jobs.js';
import { ask } from './rest.js';

/** A page of a result (`GetQueryResultsResponse`): values as texts, in cells `v` of rows `f`. */
interface ResultPage {
  readonly schema?: NativeSchema;
  readonly rows?: readonly { readonly f: readonly { readonly v: unknown }[] }[];
  readonly pageToken?: string;
}

/** Runs a statement whose result is small; more rows than `maxRows` are an error. */
export async function querySmall(
  client: BigqueryClient,
  { name, sql }: Statement,
  { maxRows, readOnly = false }: QueryOptions,
  call: CallOptions,
): Promise<SmallResult> {
  // There is no transaction that only reads: what somebody else wrote is looked at first.
  if (readOnly) await assertReads(client, sql, call, name);
  const job = await runJob(client, { query: { query: sql } }, { ...call, statement: name, writes: false });
  return await fetchResult(client, job, maxRows, name, call);
}

/** All rows of a job's result. */
export async function fetchResult(
  client: BigqueryClient,
  { jobReference: { jobId, location } }: Job,
  maxRows: number,
  name: string,
  call: CallOptions,
): Promise<SmallResult> {
  const rows: (readonly SmallValue[])[] = [];
  let fields: readonly NativeField[] = [];
  let pageToken: string | undefined;
  do {
    const query = {
      maxResults: maxRows + 1 - rows.length,
      'formatOptions.useInt64Timestamp': true,
      ...(location === undefined ? {} : { location }),
      ...(pageToken === undefined ? {} : { pageToken }),
    };
    const path = `/queries/${jobId}`;
    const page: ResultPage = await ask(client, { method: 'GET', path, query }, call, name);
    fields = page.schema?.fields ?? [];
    for (const { f } of page.rows ?? []) {
      rows.push(fields.map((field, i) => toSmallValue(f[i]?.v ?? null, field)));
    }
    if (rows.length > maxRows) throw tooMany(name, maxRows, call);
    pageToken = page.pageToken;
  } while (pageToken !== undefined && pageToken !== '');
  return { columns: fields.map((field) => field.name), rows };
}

function tooMany(name: string, maxRows: number, { stage }: CallOptions): ScoringError {
  return new ScoringError(`${name} returned more than ${maxRows} rows`, { code: 'INVARIANT', stage });
}

const TIMESTAMP: CanonicalType = { kind: 'timestamp', zoned: true };

/** A cell as a small value; what has no JavaScript twin stays text. */
function toSmallValue(value: unknown, { type, mode }: NativeField): SmallValue {
  if (value === null) return null;
  if (mode === 'REPEATED' || typeof value !== 'string') return JSON.stringify(value);
  switch (type) {
    case 'INTEGER':
    case 'INT64':
      return BigInt(value);
    case 'FLOAT':
    case 'FLOAT64':
      return toDouble(value);
    case 'BOOLEAN':
    case 'BOOL':
      return value === 'true';
    case 'TIMESTAMP':
      return valueToText(
        { type: TIMESTAMP, length: 1, values: BigInt64Array.of(BigInt(value)), validity: null },
        0,
      );
    case 'DATETIME':
      return value.replace('T', ' ');
    case 'BYTES':
      return Buffer.from(value, 'base64').toString('hex');
    default:
      return value;
  }
}

/** Infinities come by their short name or the long one. */
function toDouble(text: string): number {
  return Number(text.replace(/^([+-]?)inf(inity)?$/i, '$1Infinity'));
}
