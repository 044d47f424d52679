import { type Column, type Query, type Relation, ScoringError } from '../../src/contract/index.js';
import type { CallOptions } from './call.js';
import type { BigqueryClient } from './client.js';
import { assertReads } from './dry-run.js';
import type { NativeField } from './job.js';
import { findTable } from './table.js';
import { renderNative, toCanonical } from './types.js';

/**
 * The query's columns; an unknown type is refused by name. Results of queries do not keep the digits that a column was
 * declared with, so that those of a plain table are looked up.
 */
export async function describeQuery(
  client: BigqueryClient,
  { sql, table }: Query,
  call: CallOptions,
): Promise<readonly Column[]> {
  const { query } = await assertReads(client, sql, call, 'describe');
  const declared = table === undefined ? new Map() : await findDeclared(client, table, call);
  const fields = query?.schema?.fields ?? [];
  return fields.map((field) => toColumn(declared.get(field.name) ?? field));
}

async function findDeclared(
  client: BigqueryClient,
  table: Relation,
  call: CallOptions,
): Promise<ReadonlyMap<string, NativeField>> {
  const found = await findTable(client, table, call, 'describe');
  return new Map(found?.schema?.fields?.map((field) => [field.name, field]) ?? []);
}

/** @throws SOURCE_INVALID for a type that scorehouse does not take */
function toColumn(field: NativeField): Column {
  const match = toCanonical(field);
  const native = renderNative(field);
  if (match !== null) return { name: field.name, native, ...match };
  throw new ScoringError(`column "${field.name}" has type ${native}, which scorehouse does not take`, {
    code: 'SOURCE_INVALID',
    stage: 'plan',
    details: { column: field.name, type: native },
    hint: 'Leave the column out of the source query, or cast it there to a plain type.',
  });
}

/** The columns whose types scorehouse takes. */
export function toKnownColumns(fields: readonly NativeField[]): readonly Column[] {
  return fields.flatMap((field) => {
    const match = toCanonical(field);
    return match === null ? [] : [{ name: field.name, native: renderNative(field), ...match }];
  });
}
