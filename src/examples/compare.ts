import { ScoringError } from '../contract/index.js';
import type { GoldenColumn, GoldenRows } from './golden.js';
import type { ExampleValue } from './value.js';
import { renderValue } from './vectors.js';

/** Rows that an error shows. */
const SHOWN = 5;

/** The value that was scored for a row and an output. */
export type ReadScore = (row: number, output: number) => ExampleValue;

/** True where a number is within `tolerance * max(1, |expected|)`, NaN is NaN, and all else is the same. */
export function isClose(got: ExampleValue, expected: ExampleValue, tolerance: number): boolean {
  if (got === expected) return true;
  if (typeof got !== 'number' || typeof expected !== 'number') return false;
  if (!Number.isFinite(expected)) return Number.isNaN(expected) && Number.isNaN(got);
  return Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

interface Difference {
  readonly row: number;
  readonly column: GoldenColumn;
  readonly expected: ExampleValue;
  readonly got: ExampleValue;
}

/** @throws GOLDEN_MISMATCH with the worst difference of each column and the first rows */
export function assertGolden(golden: GoldenRows, scores: ReadScore): void {
  const { file, tolerance, lines, expected } = golden;
  const differences = lines.flatMap((_, row) =>
    expected.flatMap((column): Difference[] => {
      const [want = null, got] = [column.values[row], scores(row, column.output)];
      return isClose(got, want, tolerance) ? [] : [{ row, column, expected: want, got }];
    }),
  );
  if (differences.length === 0) return;
  const rows = new Set(differences.map(({ row }) => row)).size;
  const worst = expected.flatMap((column) => describeColumn(column, differences));
  const first = differences
    .slice(0, SHOWN)
    .map(
      ({ row, column: { name, type }, expected: want, got }) =>
        `line ${lines[row]}: ${name} expected ${renderValue(want, type)}, got ${renderValue(got, type)}`,
    );
  const more = differences.length > SHOWN ? `; and ${differences.length - SHOWN} more` : '';
  throw new ScoringError(
    `${rows} of ${lines.length} golden rows of ${file} score differently here: ${worst.join(', ')}; ${first.join('; ')}${more}`,
    {
      code: 'GOLDEN_MISMATCH',
      stage: 'score',
      details: { file, tolerance, rows, differences: differences.length },
      hint: 'Nothing was written. Where the model, its inputs or this host are meant to have changed, make the file anew with scorehouse model golden, and review it; else find out which did.',
    },
  );
}

/** `score in 3 rows, by up to 0.02`. */
function describeColumn(column: GoldenColumn, differences: readonly Difference[]): readonly string[] {
  const own = differences.filter((difference) => difference.column === column);
  if (own.length === 0) return [];
  const sizes = own.map(({ expected, got }) =>
    typeof expected === 'number' && typeof got === 'number' ? Math.abs(got - expected) : Number.NaN,
  );
  const worst = Math.max(...sizes.filter(Number.isFinite));
  const by = Number.isFinite(worst) ? `, by up to ${Number(worst.toPrecision(3))}` : '';
  return [`${column.name} in ${own.length} row${own.length === 1 ? '' : 's'}${by}`];
}
