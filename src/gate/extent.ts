import type { CanonicalType, Column, Relation } from '../contract/index.js';
import { type GateInput, queryCounts, queryGate } from './check.js';

/** Columns of one statement: warehouses limit what a SELECT returns. */
const COLUMNS = 100;

const NUMBERS: ReadonlySet<CanonicalType['kind']> = new Set(['int32', 'int64', 'float', 'double', 'decimal']);

/** How far a column's values reach. */
export interface Extent {
  readonly column: Column;
  readonly numeric: boolean;
  readonly rows: number;
  readonly nulls: number;
  /** NaN and infinite values. */
  readonly nonfinite: number;
  /** Smallest and largest of the finite values, null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
}

/** Counts the columns' values and finds the smallest and largest. */
export async function readExtents(
  input: GateInput,
  table: Relation,
  columns: readonly Column[],
): Promise<readonly Extent[]> {
  const extents: Extent[] = [];
  for (let at = 0; at < columns.length; at += COLUMNS) {
    extents.push(...(await readSome(input, table, columns.slice(at, at + COLUMNS))));
  }
  return extents;
}

async function readSome(
  input: GateInput,
  table: Relation,
  columns: readonly Column[],
): Promise<readonly Extent[]> {
  const facts = columns.map(({ name, type }) => ({ name, numeric: NUMBERS.has(type.kind) }));
  const statement = input.ledger.sql.render('gate/extent', { table, columns: facts });
  const [row = []] = await queryGate(input, statement, 1);
  const rows = Number(row[0] ?? 0);
  let place = 1;
  const extents: Extent[] = [];
  for (const [i, column] of columns.entries()) {
    const numeric = facts[i]?.numeric === true;
    const values = Number(row[place++] ?? 0);
    const [min, max] = numeric ? [toNumber(row[place++]), toNumber(row[place++])] : [null, null];
    const base = { column, numeric, rows, nulls: rows - values };
    const plain = [min, max].every((end) => end === null || Number.isFinite(end));
    extents.push(
      plain
        ? { ...base, nonfinite: 0, min, max }
        : { ...base, ...(await readFinite(input, table, column, values)) },
    );
  }
  return extents;
}

/** The extent of the finite values, for a column that has others too. */
async function readFinite(input: GateInput, table: Relation, { name }: Column, values: number) {
  const statement = input.ledger.sql.render('gate/finite', { table, column: name });
  const [finite = 0, min, max] = await queryCounts(input, statement);
  const some = finite > 0;
  return { nonfinite: values - finite, min: some ? (min ?? null) : null, max: some ? (max ?? null) : null };
}

function toNumber(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
