import type { CanonicalType, Column } from '../contract/index.js';
import type { FeatureSpec, ScoringSpec } from '../plan/scoring-spec.js';

/** A source column that the models read. */
export interface ExampleFeature {
  readonly column: Column;
  /** The models' inputs that it alone fills. */
  readonly inputs: readonly string[];
  /** False where a NULL fails a run. */
  readonly nullable: boolean;
}

/** A column of the predictions. */
export interface ExampleOutput {
  readonly name: string;
  readonly type: CanonicalType;
}

/**
 * The features that examples give, in the order in which workers are sent them.
 *
 * @param columns the source columns that features are made from, in that order
 */
export function listFeatures({ models }: ScoringSpec, columns: readonly Column[]): readonly ExampleFeature[] {
  const uses = models.flatMap(({ tensors, text }): { feature: FeatureSpec; input: string | null }[] => [
    ...tensors.flatMap(({ input, features }) =>
      features.map((feature) => ({ feature, input: features.length === 1 ? input : null })),
    ),
    ...(text === null ? [] : [{ feature: text.feature, input: null }]),
  ]);
  return columns.map((column, index) => {
    const own = uses.filter(({ feature }) => feature.index === index);
    return {
      column,
      inputs: own.flatMap(({ input }) => input ?? []),
      nullable: own.every(({ feature }) => feature.nulls.kind !== 'fail'),
    };
  });
}

/** The predictions that examples expect. */
export function listOutputs({ outputs }: ScoringSpec): readonly ExampleOutput[] {
  return outputs.map(({ column, type }) => ({ name: column, type }));
}
