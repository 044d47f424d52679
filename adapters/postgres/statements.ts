import { ScoringError, type Stage, type Statement, type StatementResult } from '../../src/contract/index.js';
import { type CallOptions, interruptible, placeOf } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';
import { renderSet } from './session.js';

/** Runs statements one after the other, each against the rows it expects to change, or to return. */
export async function runStatements(
  pool: PgPool,
  connection: PgConnection,
  statements: readonly Statement[],
  signal: AbortSignal,
  stage: Stage,
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = [];
  for (const { name, sql, expect } of statements) {
    // The extended protocol takes one statement only, whatever a text holds.
    const config = { text: sql, rowMode: 'array', queryMode: 'extended' } as const;
    const place = placeOf(pool, stage, name);
    const { rowCount } = await interruptible(connection, signal, place, () => connection.query(config));
    const rowsAffected = rowCount ?? 0;
    if (expect !== undefined && rowsAffected !== expect.rows) {
      throw new ScoringError(`${name} changed ${rowsAffected} rows where ${expect.rows} were expected`, {
        code: expect.otherwise,
        stage,
        details: { statement: name, rowsChanged: rowsAffected, expected: expect.rows },
      });
    }
    results.push({ rowsAffected, queryId: null });
  }
  return results;
}

/** Runs statements each in a transaction of its own. */
export async function runAlone(
  pool: PgPool,
  connection: PgConnection,
  statements: readonly Statement[],
  { signal, stage }: CallOptions,
  lockWaitMs: number | undefined,
): Promise<readonly StatementResult[]> {
  if (lockWaitMs === undefined) return await runStatements(pool, connection, statements, signal, stage);
  const { lockTimeout } = pool.settings;
  const place = placeOf(pool, stage, 'lock_timeout');
  const bound = renderLockWait('set', lockWaitMs);
  await interruptible(connection, signal, place, () => connection.query(bound));
  try {
    return await runStatements(pool, connection, statements, signal, stage);
  } finally {
    const restore = lockTimeout === null ? 'reset lock_timeout' : renderSet('lock_timeout', lockTimeout);
    // A connection that is broken does not go back to the pool.
    await connection.query(restore).catch(() => undefined);
  }
}

/**
 * What a transaction of statements is told first. A merge joins whole tables: with room for them it takes a quarter less
 * time. Sorted reads get no more, since they would be slower (NOTES.md).
 */
export function renderLocal({ facts }: PgPool, lockWaitMs: number | undefined): string {
  return [
    ...(facts.littleMemory ? ["set local work_mem = '64MB'"] : []),
    ...(lockWaitMs === undefined ? [] : [renderLockWait('set local', lockWaitMs)]),
  ].join(';');
}

/** Bounds the wait for locks; rounded up, since 0 would mean no bound. */
export function renderLockWait(set: 'set' | 'set local', milliseconds: number): string {
  return `${set} lock_timeout = ${Math.max(1, Math.ceil(milliseconds))}`;
}
