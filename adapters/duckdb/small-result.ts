import { DuckDBTypeId } from '@duckdb/node-api';
import {
  type QueryOptions,
  ScoringError,
  type SmallResult,
  type SmallValue,
  type Statement,
} from '../../src/contract/index.js';
import { prepareOne } from './connection.js';
import { type HeldConnection, interruptible } from './held-connection.js';

/** Runs a statement whose result is small; more rows than `maxRows` are an error. */
export async function querySmall(
  held: HeldConnection,
  { name, sql }: Statement,
  { maxRows, stage = 'ledger', signal }: QueryOptions,
): Promise<SmallResult> {
  const reader = await interruptible(held, signal, stage, name, async () => {
    const statement = await prepareOne(held.connection, sql);
    return statement.streamAndReadUntil(maxRows + 1);
  });
  if (reader.currentRowCount > maxRows) {
    throw new ScoringError(`${name} returned more than ${maxRows} rows`, { code: 'INVARIANT', stage });
  }
  const whole = reader.columnTypes().map(({ typeId }) => SMALL_INTEGERS.has(typeId));
  const rows = reader.getRows().map((row) => row.map((value, i) => toSmallValue(value, whole[i] === true)));
  return { columns: reader.columnNames(), rows };
}

/** Integers that the driver gives as numbers. */
const SMALL_INTEGERS: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
]);

function toSmallValue(value: unknown, whole: boolean): SmallValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return whole ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  return String(value);
}
