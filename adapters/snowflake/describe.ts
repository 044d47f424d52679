import type { Column as DriverColumn } from 'snowflake-sdk';
import { type Column, type Query, ScoringError } from '../../src/contract/index.js';
import { ask } from './ask.js';
import { type NativeType, renderNative, toCanonical } from './native-types.js';
import type { CallOptions, SessionPool } from './pool.js';
import { type Session, toTag } from './session.js';

/**
 * The query's columns; an unknown type is refused by name. The query is compiled and not run, as a part of another, so
 * that nothing but a query is taken.
 *
 * @throws SOURCE_INVALID for a type that scorehouse does not take
 */
export async function describeQuery(
  pool: SessionPool,
  session: Session,
  query: Query,
  call: CallOptions,
): Promise<readonly Column[]> {
  const found = await describeColumns(pool, session, query.sql, call, 'describe');
  return found.map(({ name, native }) => {
    const match = toCanonical(native);
    if (match !== null) return { name, native: renderNative(native), ...match };
    throw new ScoringError(
      `column "${name}" has type ${renderNative(native)}, which scorehouse does not take`,
      {
        code: 'SOURCE_INVALID',
        stage: 'plan',
        details: { column: name, type: renderNative(native) },
        hint: 'Leave the column out of the source query, or cast it there to a plain type.',
      },
    );
  });
}

/** A column as the server describes it. */
export interface NativeColumn {
  readonly name: string;
  readonly native: NativeType;
}

/** Columns of a query whatever their types. */
export async function describeColumns(
  pool: SessionPool,
  session: Session,
  sql: string,
  call: CallOptions,
  name: string,
): Promise<readonly NativeColumn[]> {
  const asked = {
    sql: `select * from (${sql}\n) as source`,
    signal: pool.signalOf(call),
    tag: toTag(call.annotations),
    describeOnly: true,
  };
  const statement = await ask(pool, session, asked, pool.placeOf(call.stage, name));
  return (statement.getColumns() ?? []).map(toNativeColumn);
}

function toNativeColumn(column: DriverColumn): NativeColumn {
  const [precision, scale] = [column.getPrecision() ?? null, column.getScale() ?? null];
  return { name: column.getName(), native: { name: column.getType(), precision, scale } };
}

/** The columns whose types scorehouse takes. */
export function toKnownColumns(found: readonly NativeColumn[]): readonly Column[] {
  return found.flatMap(({ name, native }) => {
    const match = toCanonical(native);
    return match === null ? [] : [{ name, native: renderNative(native), ...match }];
  });
}
