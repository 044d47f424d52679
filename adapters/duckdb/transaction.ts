import type { DuckDBConnection } from '@duckdb/node-api';
import { ScoringError, type Stage, type Statement, type StatementResult } from '../../src/contract/index.js';
import { prepareOne } from './connection.js';
import { isFatal, toWarehouseError } from './errors.js';
import { type HeldConnection, interruptible } from './held-connection.js';

/**
 * Runs work in one transaction. Any error rolls back: after a failed append DuckDB would answer a COMMIT with OK and
 * keep nothing, so the commit is never tried then.
 */
export async function inTransaction<T>(
  held: HeldConnection,
  signal: AbortSignal,
  stage: Stage,
  work: () => Promise<T>,
): Promise<T> {
  const { connection } = held;
  await interruptible(held, signal, stage, 'begin', () => connection.run('begin transaction'));
  try {
    const result = await work();
    await interruptible(held, signal, stage, 'commit', () => commit(connection, stage));
    return result;
  } catch (error) {
    // The transaction may be gone already; the first error is the one to tell.
    if (!held.closed) await connection.run('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * A COMMIT that fails has changed nothing, and the database goes on. One after which the database has shut itself off, as
 * where a checkpoint meets a full disk, may have got to the file.
 *
 * @throws OUTCOME_UNKNOWN
 */
async function commit(connection: DuckDBConnection, stage: Stage): Promise<void> {
  try {
    await connection.run('commit');
  } catch (cause) {
    if (!isFatal(cause)) throw cause;
    const { message } = toWarehouseError(cause, stage, 'commit');
    throw new ScoringError(`${message}; only a fresh look at the file tells whether it is done`, {
      code: 'OUTCOME_UNKNOWN',
      stage,
      hint: 'Nothing was cleaned up. Make room where the disk is full, then run `scorehouse reconcile`.',
      cause,
    });
  }
}

/** Begins a transaction in which every write is an error. */
export const BEGIN_READING = 'begin transaction read only';

/** Does work that may only read, whatever its SQL says. */
export async function readOnlyTransaction<T>(
  held: HeldConnection,
  signal: AbortSignal,
  stage: Stage,
  work: () => Promise<T>,
): Promise<T> {
  const { connection } = held;
  await interruptible(held, signal, stage, 'begin', () => connection.run(BEGIN_READING));
  try {
    return await work();
  } finally {
    if (!held.closed) await connection.run('rollback').catch(() => undefined);
  }
}

/** Runs statements one after the other, each against the rows it expects to change. */
export async function runStatements(
  held: HeldConnection,
  statements: readonly Statement[],
  signal: AbortSignal,
  stage: Stage,
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = [];
  for (const statement of statements) results.push(await runStatement(held, statement, signal, stage));
  return results;
}

/** Runs statements one after the other, each in a transaction of its own. */
export async function runAlone(
  held: HeldConnection,
  statements: readonly Statement[],
  signal: AbortSignal,
  stage: Stage,
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = [];
  for (const statement of statements) {
    const run = () => runStatement(held, statement, signal, stage);
    // Some statements take no transaction, and only what expects something has to be undone.
    results.push(
      statement.expect === undefined ? await run() : await inTransaction(held, signal, stage, run),
    );
  }
  return results;
}

async function runStatement(
  held: HeldConnection,
  { name, sql, expect }: Statement,
  signal: AbortSignal,
  stage: Stage,
): Promise<StatementResult> {
  const { rowsChanged } = await interruptible(held, signal, stage, name, async () => {
    const statement = await prepareOne(held.connection, sql);
    try {
      return await statement.run();
    } finally {
      statement.destroySync();
    }
  });
  if (expect !== undefined && rowsChanged !== expect.rows) {
    throw new ScoringError(`${name} changed ${rowsChanged} rows where ${expect.rows} were expected`, {
      code: expect.otherwise,
      stage,
      details: { statement: name, rowsChanged, expected: expect.rows },
    });
  }
  return { rowsAffected: rowsChanged, queryId: null };
}
