import { ScoringError } from '../contract/index.js';
import { findNearest } from './nearest.js';
import type { ResolvedTarget } from './resolved.js';
import { showValue } from './show.js';

export interface Selection {
  /** Exact target names. */
  readonly names: readonly string[];
  /** `tag:nightly`, a name or a glob like `chur*`; several add up. */
  readonly select: readonly string[];
  /** As `select`, taken away at the end. */
  readonly exclude: readonly string[];
}

/**
 * The targets that a command line means, in the project's order; all where it names none.
 *
 * @throws USAGE for an unknown name, or when nothing is left
 */
export function selectTargets(
  targets: readonly ResolvedTarget[],
  selection: Selection,
): readonly ResolvedTarget[] {
  const { names, select, exclude } = selection;
  const known = targets.map((target) => target.name);
  for (const name of names) if (!known.includes(name)) throw toUnknownTarget(name, known);
  const isWanted = (target: ResolvedTarget): boolean =>
    (names.length === 0 && select.length === 0) ||
    names.includes(target.name) ||
    select.some((pattern) => isMatch(target, pattern));
  const selected = targets.filter(
    (target) => isWanted(target) && !exclude.some((pattern) => isMatch(target, pattern)),
  );
  if (selected.length === 0) throw toNothingSelected(targets, selection);
  return selected;
}

function isMatch(target: ResolvedTarget, pattern: string): boolean {
  return pattern.startsWith('tag:')
    ? target.tags.some((tag) => isGlobMatch(tag, pattern.slice('tag:'.length)))
    : isGlobMatch(target.name, pattern);
}

/** `*` is any run of characters, `?` one; matched without a regular expression, whose backtracking can explode. */
function isGlobMatch(text: string, glob: string): boolean {
  let [t, g, star, retry] = [0, 0, -1, 0];
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g++;
      retry = t;
    } else if (glob[g] === '?' || glob[g] === text[t]) {
      t++;
      g++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

function toUnknownTarget(name: string, known: readonly string[]): ScoringError {
  const nearest = findNearest(name, known);
  const guess = nearest === null ? '' : `; did you mean ${nearest}?`;
  return new ScoringError(`unknown target ${showValue(name)} (expected one of ${known.join(', ')}${guess})`, {
    code: 'USAGE',
    stage: 'cli',
    details: { name, nearest },
  });
}

function toNothingSelected(
  targets: readonly ResolvedTarget[],
  { names, select, exclude }: Selection,
): ScoringError {
  const words = [...new Set(targets.flatMap(({ name, tags }) => [name, ...tags.map((tag) => `tag:${tag}`)]))];
  const nearest = select.map((pattern) => findNearest(pattern, words)).find((word) => word !== null);
  const asked = [
    ...names,
    ...select.map((pattern) => `--select ${pattern}`),
    ...exclude.map((pattern) => `--exclude ${pattern}`),
  ];
  const guess = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  return new ScoringError(`no target is selected by ${showValue(asked.join(' '))}${guess}`, {
    code: 'USAGE',
    stage: 'cli',
    details: { asked, nearest: nearest ?? null },
    hint: `The project has ${words.join(', ')}.`,
  });
}
