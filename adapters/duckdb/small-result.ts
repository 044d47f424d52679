import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type QueryOptions,
  ScoringError,
  type SmallResult,
  type SmallValue,
  type Statement,
} from '../../src/contract/index.js';
import { interruptible } from './connection.js';

/** Runs a statement whose result is small; more rows than `maxRows` are an error. */
export async function querySmall(
  connection: DuckDBConnection,
  statement: Statement,
  options: QueryOptions,
): Promise<SmallResult> {
  const { name, sql } = statement;
  const reader = await interruptible(connection, options.signal, options.stage ?? 'ledger', name, () =>
    connection.streamAndReadUntil(sql, options.maxRows + 1),
  );
  if (reader.currentRowCount > options.maxRows) {
    throw new ScoringError(`${name} returned more than ${options.maxRows} rows`, {
      code: 'INVARIANT',
      stage: 'ledger',
    });
  }
  const rows = reader.getRows().map((row) => row.map(toSmallValue));
  return { columns: reader.columnNames(), rows };
}

function toSmallValue(value: unknown): SmallValue {
  if (value === null || value === undefined) return null;
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  return String(value);
}
