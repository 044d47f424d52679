import { ScoringError, type Stage, type Statement, type StatementResult } from '../../src/contract/index.js';
import { prepareOne } from './connection.js';
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
    await interruptible(held, signal, stage, 'commit', () => connection.run('commit'));
    return result;
  } catch (error) {
    // The transaction may be gone already; the first error is the one to tell.
    if (!held.closed) await connection.run('rollback').catch(() => undefined);
    throw error;
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
