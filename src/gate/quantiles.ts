import type { Relation } from '../contract/index.js';
import { type GateInput, queryGate } from './check.js';
import type { Extent } from './extent.js';
import { chooseSample } from './sample.js';

const SHARES = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

/** Columns of one statement. */
const COLUMNS = 100;

/** A column's quantiles by name, `p01` to `p99`; each is a value that occurs. */
export type Quantiles = Readonly<Record<string, number>>;

/** The nine values that cut a column into ten parts, or null where one is missing. */
export function toDeciles(quantiles: Quantiles): readonly number[] | null {
  const deciles = SHARES.map(toName)
    .filter((name) => name.endsWith('0'))
    .map((name) => quantiles[name]);
  return deciles.every((decile) => decile !== undefined && Number.isFinite(decile))
    ? (deciles as number[])
    : null;
}

/** The quantiles of columns with finite values: exact for small tables, else of a sample. */
export async function readQuantiles(
  input: GateInput,
  table: Relation,
  extents: readonly Extent[],
): Promise<ReadonlyMap<Extent, Quantiles>> {
  const quantiles = new Map<Extent, Quantiles>();
  for (let at = 0; at < extents.length; at += COLUMNS) {
    const some = extents.slice(at, at + COLUMNS);
    const rows = await readSome(input, table, some);
    for (const [i, extent] of some.entries()) {
      const found = rows.map((row) => row[i] ?? null);
      // A sample may hold none of a column's few values.
      if (found.some((value) => value === null) || found.length !== SHARES.length) continue;
      quantiles.set(extent, Object.fromEntries(SHARES.map((share, k) => [toName(share), Number(found[k])])));
    }
  }
  return quantiles;
}

async function readSome(input: GateInput, table: Relation, extents: readonly Extent[]) {
  const columns = extents.map(({ column, nonfinite }) => ({
    name: column.name,
    mixed: nonfinite > 0,
    shares: SHARES.map((share) => ({ share })),
  }));
  const sample = chooseSample(extents[0]?.rows ?? 0);
  const { key } = input.plan.write;
  const statement = input.ledger.sql.render('gate/quantiles', { table, columns, key, sample });
  return queryGate(input, statement, SHARES.length);
}

function toName(share: number): string {
  return `p${String(Math.round(share * 100)).padStart(2, '0')}`;
}
