import type { CanonicalType, Column, Relation, SmallValue } from '../contract/index.js';
import { type GateInput, queryGate } from './check.js';

/** Columns of one statement: warehouses limit what a SELECT returns. */
const COLUMNS = 100;

/** Values beyond this have no mean or deviation here: their squares overflow. */
const MOST_SQUARED = 1e140;

const NUMBERS: ReadonlySet<CanonicalType['kind']> = new Set(['int32', 'int64', 'float', 'double', 'decimal']);

/** How far a column's values reach. Of numbers only the finite ones, and nothing where there are none. */
export interface Extent {
  readonly column: Column;
  readonly numeric: boolean;
  readonly rows: number;
  readonly nulls: number;
  /** NaN and infinite values. */
  readonly nonfinite: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Of a sample, as `stddev` is in every warehouse. */
  readonly stddev: number | null;
}

/** What a statement says of a column of numbers, in its order. */
type Measures = Pick<Extent, 'min' | 'max' | 'mean' | 'stddev'>;

const NOTHING: Measures = { min: null, max: null, mean: null, stddev: null };

/** Counts the columns' values and finds smallest, largest and mean. */
export async function readExtents(
  input: GateInput,
  table: Relation,
  columns: readonly Column[],
): Promise<readonly Extent[]> {
  const extents: Extent[] = [];
  for (let at = 0; at < columns.length; at += COLUMNS) {
    const some = await readSome(input, table, columns.slice(at, at + COLUMNS));
    const finite = await Promise.all(some.map((extent) => toFinite(input, table, extent)));
    extents.push(...(await addMoments(input, table, finite)));
  }
  return extents.map((extent) => (isSquarable(extent) ? extent : { ...extent, mean: null, stddev: null }));
}

async function readSome(
  input: GateInput,
  table: Relation,
  columns: readonly Column[],
): Promise<readonly Extent[]> {
  const facts = columns.map(toFacts);
  const statement = input.ledger.sql.render('gate/extent', { table, columns: facts });
  const [row = []] = await queryGate(input, statement, 1);
  const values = row.values();
  const next = () => values.next().value ?? null;
  const rows = Number(next() ?? 0);
  return columns.map((column, i) => {
    const numeric = facts[i]?.numeric === true;
    const nulls = rows - Number(next() ?? 0);
    const measures = numeric ? toMeasures([next(), next(), next(), next()]) : NOTHING;
    return { column, numeric, rows, nulls, nonfinite: 0, ...measures };
  });
}

/** Where the smallest or the largest value is not finite, asks for those that are. */
async function toFinite(input: GateInput, table: Relation, extent: Extent): Promise<Extent> {
  const { column, rows, nulls, min, max } = extent;
  if ([min, max].every((end) => end === null || Number.isFinite(end))) return extent;
  const statement = input.ledger.sql.render('gate/finite', { table, column: column.name });
  const [row = []] = await queryGate(input, statement, 1);
  const [count, ...measures] = row;
  return { ...extent, nonfinite: rows - nulls - Number(count ?? 0), ...toMeasures(measures) };
}

/** Adds means where the warehouse is asked for them apart. */
async function addMoments(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
): Promise<readonly Extent[]> {
  const { sql } = input.ledger;
  const missing = extents.filter(({ min, mean }) => min !== null && mean === null).filter(isSquarable);
  if (missing.length === 0 || !sql.has('gate/moments')) return extents;
  const columns = missing.map(({ column, min }) => ({ name: column.name, min }));
  const [row = []] = await queryGate(input, sql.render('gate/moments', { table, columns }), 1);
  return extents.map((extent) => {
    const at = missing.indexOf(extent);
    if (at < 0) return extent;
    return { ...extent, ...toMoments(extent, Number(row[at * 2]), Number(row[at * 2 + 1])) };
  });
}

/** From the sums of the distances to the smallest value, and of their squares. */
function toMoments({ rows, nulls, nonfinite, min }: Extent, total: number, squares: number) {
  const n = rows - nulls - nonfinite;
  const variance = Math.max(squares - (total * total) / n, 0) / (n - 1);
  return { mean: (min ?? 0) + total / n, stddev: n < 2 ? null : Math.sqrt(variance) };
}

function toFacts({ name, type }: Column) {
  return { name, numeric: NUMBERS.has(type.kind), wide: type.kind === 'double' };
}

function toMeasures([min, max, mean, stddev]: readonly (SmallValue | undefined)[]): Measures {
  return { min: toNumber(min), max: toNumber(max), mean: toNumber(mean), stddev: toNumber(stddev) };
}

function isSquarable({ min, max }: Extent): boolean {
  return Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) <= MOST_SQUARED;
}

function toNumber(value: SmallValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
