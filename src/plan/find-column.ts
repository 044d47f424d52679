import { type Column, ScoringError } from '../contract/index.js';

const COUNTED = {
  source: 'The source returns',
  predictions: 'The predictions have',
  features: 'The models read',
} as const;

/**
 * A column that the target names, among those that the source returns: exactly, else without regard to case if only
 * one fits.
 *
 * @param use what the column is for, such as `key` or `feature "tenure"`
 * @param owner whose columns they are
 * @throws PLAN_INVALID with the names that come near
 */
export function findColumn(
  columns: readonly Column[],
  name: string,
  use: string,
  owner: keyof typeof COUNTED = 'source',
): Column {
  const exact = columns.filter((column) => column.name === name);
  const matches = exact.length > 0 ? exact : columns.filter((column) => sameFolded(column.name, name));
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  const problem =
    matches.length > 1 ? `fits several columns of the ${owner}` : `is not among the columns of the ${owner}`;
  throw new ScoringError(`${use}: "${name}" ${problem}`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { column: name, candidates: columns.map((column) => column.name) },
    hint: `Near it: ${nearNames(columns, name).join(', ') || 'none'}. ${COUNTED[owner]} ${columns.length} columns.`,
  });
}

function sameFolded(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Up to five column names that share the most letter pairs with the name (Dice's coefficient). */
function nearNames(columns: readonly Column[], name: string): readonly string[] {
  const wanted = letterPairs(name);
  return columns
    .map((column) => ({ name: column.name, shared: sharedPairs(wanted, letterPairs(column.name)) }))
    .filter(({ shared }) => shared > 0.2)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, 5)
    .map((near) => near.name);
}

function letterPairs(text: string): ReadonlySet<string> {
  const folded = text.toLowerCase();
  return new Set(Array.from({ length: Math.max(folded.length - 1, 0) }, (_, i) => folded.slice(i, i + 2)));
}

function sharedPairs(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return (2 * shared) / Math.max(a.size + b.size, 1);
}
