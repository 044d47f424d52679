import { ScoringError } from '../contract/index.js';
import type { TensorInfo } from './scoring-spec.js';

/** Rows of every inference. Part of the fingerprint, since a score may depend on it in its last bit. */
export const BLOCK_ROWS = 4096;

/**
 * The rows that a model is given at a time: its own number where its graph fixes one (onnxruntime refuses others, and
 * no converter makes such a graph right for them).
 *
 * @throws PLAN_INVALID where its inputs fix different ones
 */
export function decideBlockRows(inputs: readonly TensorInfo[]): number {
  const fixed = inputs.map(({ shape: [rows] }) => rows).filter((rows) => typeof rows === 'number');
  const [rows = BLOCK_ROWS, ...others] = new Set(fixed);
  if (others.length === 0) return rows;
  throw new ScoringError(`the model's inputs take ${[rows, ...others].join(' and ')} rows at a time`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    details: { rows: [rows, ...others] },
    hint: 'Export the model with one symbolic first dimension for all inputs.',
  });
}
