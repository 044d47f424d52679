import type { DuckDBAppender } from '@duckdb/node-api';
import type { LoadOptions, LoadPart, Relation } from '../../src/contract/index.js';
import { appendPart, wideBytesOf } from './append.js';
import { duckdbDialect } from './dialect.js';
import { type HeldConnection, interruptible, wording } from './held-connection.js';
import { inTransaction, runStatements } from './transaction.js';

/** Texts and arrays after which the appender is flushed: by itself it waits for 204,800 rows, however wide. */
const MAX_UNFLUSHED_BYTES = 32 * 1024 ** 2;

/** Where rows go first that lack some of the relation's columns: the appender has to have them all. */
const NARROW = { database: 'temp', schema: 'main', name: '_scorehouse_load' };

/** Appends parts as they come, in one transaction with what goes with them. Returns the rows. */
export async function loadParts(
  held: HeldConnection,
  relation: Relation,
  parts: AsyncIterable<LoadPart>,
  options: LoadOptions,
): Promise<number> {
  const { signal, columns } = options;
  return await inTransaction(held, signal, 'stage', async () => {
    const narrow = columns !== undefined && (await isNarrow(held, relation, columns, signal));
    if (narrow) await run(held, signal, renderNarrow(relation, columns));
    const rows = await append(held, narrow ? NARROW : relation, parts, signal);
    if (narrow) {
      await run(held, signal, renderCopy(relation, columns));
      await run(held, signal, `drop table ${duckdbDialect.relation(NARROW)}`);
    }
    await runStatements(held, options.with?.() ?? [], signal, 'stage');
    return rows;
  });
}

async function append(
  held: HeldConnection,
  { database, schema, name }: Relation,
  parts: AsyncIterable<LoadPart>,
  signal: AbortSignal,
): Promise<number> {
  const appender = await interruptible(held, signal, 'stage', 'append', () =>
    held.connection.createAppender(name, schema, database),
  );
  return await wording(signal, 'stage', 'append', () => appendAll(appender, parts, signal));
}

async function appendAll(
  appender: DuckDBAppender,
  parts: AsyncIterable<LoadPart>,
  signal: AbortSignal,
): Promise<number> {
  let rows = 0;
  let unflushed = 0;
  for await (const part of parts) {
    signal.throwIfAborted();
    appendPart(appender, part);
    unflushed += wideBytesOf(part);
    if (unflushed > MAX_UNFLUSHED_BYTES) {
      appender.flushSync();
      unflushed = 0;
    }
    rows += part.rows;
  }
  signal.throwIfAborted();
  appender.closeSync();
  return rows;
}

/** True where the columns are not just those of the relation, in its order. */
async function isNarrow(
  { connection }: HeldConnection,
  relation: Relation,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  return await wording(signal, 'stage', 'append', async () => {
    const prepared = await connection.prepare(`select * from ${duckdbDialect.relation(relation)}`);
    const names = Array.from({ length: prepared.columnCount }, (_, i) => prepared.columnName(i));
    prepared.destroySync();
    return names.length !== columns.length || names.some((name, i) => name !== columns[i]);
  });
}

function renderNarrow(relation: Relation, columns: readonly string[]): string {
  const names = columns.map(duckdbDialect.ident).join(', ');
  const { relation: toSql } = duckdbDialect;
  return `create temp table ${duckdbDialect.ident(NARROW.name)} as select ${names} from ${toSql(relation)} limit 0`;
}

function renderCopy(relation: Relation, columns: readonly string[]): string {
  const names = columns.map(duckdbDialect.ident).join(', ');
  const { relation: toSql } = duckdbDialect;
  return `insert into ${toSql(relation)} (${names}) select * from ${toSql(NARROW)}`;
}

async function run(held: HeldConnection, signal: AbortSignal, sql: string): Promise<void> {
  await runStatements(held, [{ name: 'load', sql }], signal, 'stage');
}
