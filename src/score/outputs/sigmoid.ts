import type { CanonicalType } from '../../contract/index.js';
import type { Sigmoid } from '../../plan/scoring-spec.js';

/**
 * What a score becomes before anything is made of it. Platt's sigmoid is computed in double, and rounded once where
 * the column is a float; without one the score stays as it is.
 */
export function toCorrection(
  sigmoid: Sigmoid | undefined,
  kind: CanonicalType['kind'],
): (score: number) => number {
  if (sigmoid === undefined) return (score) => score;
  const [a, b] = sigmoid;
  const correct = (score: number) => 1 / (1 + Math.exp(a * score + b));
  return kind === 'float' ? (score) => Math.fround(correct(score)) : correct;
}
