import pg from 'pg';
import {
  type QueryOptions,
  ScoringError,
  type SmallResult,
  type SmallValue,
  type Stage,
  type Statement,
} from '../../src/contract/index.js';
import { abandon } from './cancel.js';
import { interruptible, placeOf } from './connection.js';
import type { PgConnection, PgPool } from './pool.js';

/** Runs a statement whose result is small; one more row than `maxRows` cancels it and is an error. */
export async function querySmall(
  pool: PgPool,
  connection: PgConnection,
  { name, sql }: Statement,
  { maxRows, signal, stage = 'ledger' }: QueryOptions,
): Promise<SmallResult> {
  const place = placeOf(pool, stage, name);
  return await interruptible(connection, signal, place, () => {
    const rows: SmallValue[][] = [];
    const config: QueryConfig = { text: sql, rowMode: 'array', queryMode: 'extended', types: TYPES };
    const query = new pg.Query(config);
    return new Promise((resolve, reject) => {
      query.on('row', (row: SmallValue[]) => {
        rows.push(row);
        if (rows.length !== maxRows + 1) return;
        // What is still to come may be long: it is not waited for.
        reject(tooMany(name, maxRows, stage));
        abandon(connection);
      });
      query.on('end', ({ fields }) => resolve({ columns: fields.map((field) => field.name), rows }));
      query.on('error', reject);
      connection.query(query);
    });
  });
}

/** What the driver takes and its types leave out. */
interface QueryConfig extends pg.QueryConfig {
  readonly rowMode: 'array';
  readonly queryMode: 'extended';
}

function tooMany(name: string, maxRows: number, stage: Stage): ScoringError {
  return new ScoringError(`${name} returned more than ${maxRows} rows`, { code: 'INVARIANT', stage });
}

/** OIDs of the types that JavaScript has a twin for; all others stay the text that the server writes. */
const PARSERS: ReadonlyMap<number, (text: string) => SmallValue> = new Map<
  number,
  (text: string) => SmallValue
>([
  [16, (text) => text === 't'],
  [20, BigInt],
  [21, BigInt],
  [23, BigInt],
  [26, BigInt],
  // The bits of the value, not the number that its shortest text writes.
  [700, (text) => Math.fround(Number(text))],
  [701, Number],
]);

const asText = (text: string): SmallValue => text;

const TYPES = { getTypeParser: (oid: number) => PARSERS.get(oid) ?? asText };
