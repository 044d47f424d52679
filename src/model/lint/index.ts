import { ScoringError } from '../../contract/index.js';
import { reading } from '../fields.js';
import { lintOperators, lintVersions } from './engine.js';
import type { LintFinding, LintRule, LintSubject } from './finding.js';
import {
  lintDynamic,
  lintExternal,
  lintOutputTypes,
  lintQuantised,
  lintReductions,
  lintSaturation,
} from './results.js';
import { lintInputs, lintOutputs } from './tensors.js';
import { lintTrees } from './trees.js';

/** Rules that may find an error: every run asks them, and they look at no weights. */
const ESSENTIAL: readonly LintRule[] = [lintVersions, lintOperators, lintInputs];

const RULES: readonly LintRule[] = [
  ...ESSENTIAL,
  lintOutputs,
  lintOutputTypes,
  lintExternal,
  lintTrees,
  lintQuantised,
  lintDynamic,
  lintReductions,
  lintSaturation,
];

const ORDER = ['error', 'warning', 'note'] as const;

/** All that is to be known of a model, errors first. */
export function lintModel(subject: LintSubject): readonly LintFinding[] {
  const found = reading(() => RULES.flatMap((rule) => rule(subject)));
  return ORDER.flatMap((severity) => found.filter((finding) => finding.severity === severity));
}

/**
 * What onnxruntime would not take, or must not be given.
 *
 * @throws MODEL_INVALID with the first finding
 */
export function assertUsable(subject: LintSubject): void {
  const error = ESSENTIAL.flatMap((rule) => rule(subject)).find(({ severity }) => severity === 'error');
  if (error === undefined) return;
  throw new ScoringError(`${error.where}: ${error.message}`, {
    code: 'MODEL_INVALID',
    stage: 'model',
    details: { finding: error.code },
    hint: error.fix,
  });
}
