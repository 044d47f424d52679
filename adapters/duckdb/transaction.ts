import type { DuckDBConnection } from '@duckdb/node-api';
import { ScoringError, type Stage, type Statement, type StatementResult } from '../../src/contract/index.js';
import { interruptible } from './connection.js';

/**
 * Runs work in one transaction. Any error rolls back: after a failed append DuckDB would answer a COMMIT with OK and
 * keep nothing, so the commit is never tried then.
 */
export async function inTransaction<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  stage: Stage,
  work: () => Promise<T>,
): Promise<T> {
  await interruptible(connection, signal, stage, 'begin', () => connection.run('begin transaction'));
  try {
    const result = await work();
    await interruptible(connection, signal, stage, 'commit', () => connection.run('commit'));
    return result;
  } catch (error) {
    // The transaction may be gone already; the first error is the one to tell.
    await connection.run('rollback').catch(() => undefined);
    throw error;
  }
}

/** Runs statements one after the other, each against the rows it expects to change. */
export async function runStatements(
  connection: DuckDBConnection,
  statements: readonly Statement[],
  signal: AbortSignal,
  stage: Stage,
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = [];
  for (const { name, sql, expect } of statements) {
    const { rowsChanged } = await interruptible(connection, signal, stage, name, () => connection.run(sql));
    if (expect !== undefined && rowsChanged !== expect.rows) {
      throw new ScoringError(`${name} changed ${rowsChanged} rows where ${expect.rows} were expected`, {
        code: expect.otherwise,
        stage,
        details: { statement: name, rowsChanged, expected: expect.rows },
      });
    }
    results.push({ rowsAffected: rowsChanged, queryId: null });
  }
  return results;
}
