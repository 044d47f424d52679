import { isScoringError, type Relation } from '../../src/contract/index.js';
import { type CallOptions, throwIfEnded, untilEnded } from './call.js';
import type { BigqueryClient } from './client.js';
import { bigqueryDialect } from './dialect.js';
import { toFailure, toWarehouseError } from './errors.js';
import type { NativeSchema, NativeTable } from './job.js';
import { request } from './rest.js';

/** A table as the REST interface shows it (`Table`); only what is read of it. */
export interface TableMetadata {
  readonly tableReference: NativeTable;
  readonly type: string;
  readonly schema?: NativeSchema;
  readonly description?: string;
  readonly numRows?: string;
  /** When it was made, in milliseconds since 1970. */
  readonly creationTime?: string;
}

/** How the REST interface names a relation. */
export function toNativeTable(
  { project }: BigqueryClient,
  { database, schema, name }: Relation,
): NativeTable {
  return { projectId: database ?? project, datasetId: schema, tableId: name };
}

/** A table's metadata, null where it is not there. */
export async function findTable(
  client: BigqueryClient,
  relation: Relation,
  call: CallOptions,
  statement: string,
): Promise<TableMetadata | null> {
  bigqueryDialect.relation(relation);
  throwIfEnded(call);
  const { projectId, datasetId, tableId } = toNativeTable(client, relation);
  const path = `/datasets/${encodeURIComponent(datasetId)}/tables/${encodeURIComponent(tableId)}`;
  const whole = `${client.api.baseUrl}/projects/${encodeURIComponent(projectId)}${path}`;
  try {
    return await untilEnded(request<TableMetadata>(client, { method: 'GET', path: whole }), call);
  } catch (error) {
    if (!isScoringError(error) && toFailure(error).status === 404) return null;
    throw toWarehouseError(error, { stage: call.stage, statement });
  }
}
