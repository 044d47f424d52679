import type { ResolvedFeatures, ResolvedTarget } from '../config/index.js';
import { type Column, ScoringError } from '../contract/index.js';
import { bindFeatures } from './bind-features.js';
import { bindOutputs } from './bind-outputs.js';
import { assertTextsOnly, bindText, withPooledOutputs } from './bind-text.js';
import { decideBlockRows } from './block-rows.js';
import type { ModelFacts } from './model-facts.js';
import { namingModel } from './model-plan.js';
import type { ModelSpec, ScoringSpec } from './scoring-spec.js';

/** What workers do, and the source columns that they are sent. */
export interface BoundScoring {
  readonly scoring: ScoringSpec;
  /** In the order that `FeatureSpec.index` counts. */
  readonly features: readonly Column[];
}

/**
 * Binds the source's columns to the models' inputs, and their outputs to the predictions.
 *
 * @throws PLAN_INVALID, MODEL_INVALID or NOT_BUILT where they do not fit
 */
export function buildScoring(
  target: Pick<ResolvedTarget, 'features' | 'outputs'>,
  models: readonly ModelFacts[],
  source: readonly Column[],
): BoundScoring {
  const features: Column[] = [];
  const pooled = models.map((model) =>
    model.tokenizer === null
      ? model
      : namingModel(model.name, () => withPooledOutputs(model, target.outputs)),
  );
  const outputs = bindOutputs(pooled, target.outputs);
  const texts = models.flatMap(({ tokenizer }) => tokenizer?.column ?? []);
  const tabular = models.filter(({ tokenizer }) => tokenizer === null);
  if (tabular.length === 0) assertTextsOnly(target.features, texts);
  const written = without(target.features, texts);
  const known = tabular.flatMap(({ inputs }) => inputs);
  const bindModel = (model: ModelFacts): ModelSpec =>
    model.tokenizer === null
      ? {
          tensors: bindFeatures(model.inputs, written, source, features, known),
          text: null,
          blockRows: decideBlockRows(model.inputs),
        }
      : bindText(model, model.tokenizer, target.features, source, features);
  for (const model of tabular) namingModel(model.name, () => assertRowsApart(model));
  const bound = models.map((model) => namingModel(model.name, () => bindModel(model)));
  return { scoring: { models: bound, outputs }, features };
}

/**
 * Texts can be scored one at a time; a table cannot, at the speed of a table.
 *
 * @throws PLAN_INVALID
 */
function assertRowsApart({ uri, mixesRows }: ModelFacts): void {
  if (!mixesRows) return;
  throw new ScoringError(
    `model ${uri} is quantised dynamically: its scales come from all rows of a call, so that a row's score would depend on the rows beside it`,
    {
      code: 'PLAN_INVALID',
      stage: 'plan',
      details: { uri },
      hint: 'Quantise it statically, with calibration data, or use the model before it was quantised.',
    },
  );
}

/** Beside a text model, what `features` says of its column is not for the others. */
function without(written: ResolvedFeatures | null, columns: readonly string[]): ResolvedFeatures | null {
  if (written === null || columns.length === 0) return written;
  return { ...written, entries: written.entries.filter(({ column }) => !columns.includes(column)) };
}
