import { isScoringError, type Relation, type RelationInfo } from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import type { BigqueryClient } from './client.js';
import { toKnownColumns } from './describe.js';
import { bigqueryDialect } from './dialect.js';
import { dryRun } from './dry-run.js';
import type { NativeSchema } from './job.js';
import { findTable } from './table.js';

/** Finds a table or view by its exact name. */
export async function inspectRelation(
  client: BigqueryClient,
  relation: Relation,
  call: CallOptions,
): Promise<RelationInfo | null> {
  const found = await findTable(client, relation, call, 'inspect');
  if (found === null) return null;
  const { type, description, numRows, schema } = found;
  const fields = type === 'VIEW' ? await bindView(client, relation, call) : schema;
  return {
    kind: type === 'VIEW' ? 'view' : 'table',
    columns: toKnownColumns(fields?.fields ?? []),
    stamp: description === undefined || description === '' ? null : description,
    ...(type === 'TABLE' && numRows !== undefined ? { rows: Number(numRows) } : {}),
  };
}

/** The columns that a view has now: its metadata keeps those it was made with, also when its table is gone. */
async function bindView(
  client: BigqueryClient,
  relation: Relation,
  call: CallOptions,
): Promise<NativeSchema | undefined> {
  const sql = `select * from ${bigqueryDialect.relation(relation)}`;
  try {
    return (await dryRun(client, sql, call, 'inspect')).query?.schema;
  } catch (error) {
    if (isScoringError(error) && error.code === 'SOURCE_INVALID') return undefined;
    throw error;
  }
}
