import type { Relation } from '../contract/index.js';
import { type GateInput, queryGate } from './check.js';
import type { Extent } from './extent.js';

/** Bins of a histogram, of equal width. */
const BINS = 20;

/** Columns of one statement. */
const COLUMNS = 32;

/** Widths whose squares a double holds. */
const LEAST_WIDTH = 1e-150;
const MOST_WIDTH = 1e150;

/** How a column's finite values lie between the smallest and the largest. */
export interface Spread {
  readonly mean: number;
  /** Of a sample, as `stddev` is in every warehouse; null for a single value. */
  readonly stddev: number | null;
  readonly counts: readonly number[];
}

/** The spreads of columns with finite values, but for those whose values lie too far apart, or too close, to be squared. */
export async function readSpreads(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
): Promise<ReadonlyMap<Extent, Spread>> {
  const spreads = new Map<Extent, Spread>();
  const wide: Extent[] = [];
  for (const extent of extents) {
    const width = widthOf(extent);
    if (width === 0) spreads.set(extent, toPoint(extent));
    else if (width > LEAST_WIDTH && width < MOST_WIDTH) wide.push(extent);
  }
  for (let at = 0; at < wide.length; at += COLUMNS) {
    await readSome(input, table, wide.slice(at, at + COLUMNS), spreads);
  }
  return spreads;
}

async function readSome(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
  spreads: Map<Extent, Spread>,
): Promise<void> {
  const columns = extents.map((extent, place) => ({
    place,
    table,
    name: extent.column.name,
    min: extent.min,
    scale: BINS / widthOf(extent),
    mixed: extent.nonfinite > 0,
  }));
  const statement = input.ledger.sql.render('gate/spread', { columns });
  const rows = await queryGate(input, statement, extents.length * (BINS + 1));
  for (const [place, extent] of extents.entries()) {
    const bins = rows.filter((row) => Number(row[0]) === place).map((row) => row.slice(1).map(Number));
    spreads.set(extent, toSpread(extent, bins));
  }
}

/** From `[bin, rows, sum of d, sum of d²]`, d being a value's distance to the smallest. */
function toSpread(extent: Extent, bins: readonly (readonly number[])[]): Spread {
  const counts = new Array<number>(BINS).fill(0);
  let [n, total, squares] = [0, 0, 0];
  for (const [bin = 0, rows = 0, sum = 0, squared = 0] of bins) {
    // The largest value itself closes the last bin.
    const at = Math.min(bin, BINS - 1);
    counts[at] = (counts[at] ?? 0) + rows;
    n += rows;
    total += sum;
    squares += squared;
  }
  const variance = n < 2 ? null : Math.max(squares - (total * total) / n, 0) / (n - 1);
  return {
    mean: (extent.min ?? 0) + total / n,
    stddev: variance === null ? null : Math.sqrt(variance),
    counts,
  };
}

/** The spread of a column that has one value only. */
function toPoint({ rows, nulls, nonfinite, min }: Extent): Spread {
  const n = rows - nulls - nonfinite;
  const counts = Array.from({ length: BINS }, (_, i) => (i === 0 ? n : 0));
  return { mean: min ?? 0, stddev: n < 2 ? null : 0, counts };
}

function widthOf({ min, max }: Extent): number {
  return (max ?? 0) - (min ?? 0);
}
