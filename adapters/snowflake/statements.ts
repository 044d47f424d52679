import type { RowStatement } from 'snowflake-sdk';
import { ScoringError, type Statement, type StatementResult } from '../../src/contract/index.js';
import { ask } from './ask.js';
import type { CallOptions, SessionPool } from './pool.js';
import { RowReader } from './rows.js';
import { readHome, type Session, toTag } from './session.js';

/** Runs statements one after the other, each against the rows it expects to change. */
export async function runStatements(
  pool: SessionPool,
  session: Session,
  statements: readonly Statement[],
  call: CallOptions,
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = [];
  for (const { name, sql, ddl, expect } of statements) {
    const { rowsAffected, queryId, home } = await runStatement(pool, session, { name, sql }, call);
    // CREATE SCHEMA moves the session into the new one, where a source without schemas would look for its tables.
    if (ddl === true && home !== session.home) session.lost = true;
    if (expect !== undefined && rowsAffected !== expect.rows) {
      throw new ScoringError(`${name} changed ${rowsAffected} rows where ${expect.rows} were expected`, {
        code: expect.otherwise,
        stage: call.stage,
        details: { statement: name, rowsChanged: rowsAffected, expected: expect.rows },
      });
    }
    results.push({ rowsAffected, queryId });
  }
  return results;
}

/** Runs one statement for what it changes. */
export async function runStatement(
  pool: SessionPool,
  session: Session,
  { name, sql }: Pick<Statement, 'name' | 'sql'>,
  call: CallOptions,
): Promise<StatementResult & { readonly home: string | null }> {
  const asked = { sql, signal: pool.signalOf(call), tag: toTag(call.annotations) };
  const statement = await ask(pool, session, asked, pool.placeOf(call.stage, name));
  const [queryId, home] = [statement.getQueryId() ?? null, readHome(statement)];
  return { rowsAffected: await countChanged(statement), queryId, home };
}

/** Columns of a result that count what a statement changed; others, as of rows that joined several, count twice. */
const COUNTS = /^number of rows (inserted|updated|deleted)|^rows_loaded$/;

async function countChanged(statement: RowStatement): Promise<number> {
  const counting = (statement.getColumns() ?? []).flatMap((column) =>
    COUNTS.test(column.getName()) ? [column.getIndex()] : [],
  );
  if (counting.length === 0) return 0;
  using rows = new RowReader(statement);
  let changed = 0;
  for (let row = await rows.next(); row !== null; row = await rows.next()) {
    for (const index of counting) changed += Number(row[index] ?? 0);
  }
  return changed;
}
