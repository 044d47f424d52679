import type { ResolvedFeature, ResolvedFeatures } from '../config/index.js';
import { type Column, ScoringError } from '../contract/index.js';
import { bindPolicies } from './bind-policies.js';
import { assertCastable, isElementType } from './casts.js';
import { findColumn } from './find-column.js';
import type { ElementType, FeatureSpec, TensorInfo, TensorSpec } from './scoring-spec.js';

/**
 * Binds source columns to the model's inputs: a list in the model's order where it has one matrix, else by the
 * inputs' names.
 *
 * @param columns the source columns that features are made from, each once; new ones are added
 * @param known inputs that the target's features may name: those of all its models
 * @throws PLAN_INVALID or MODEL_INVALID where the two do not fit
 */
export function bindFeatures(
  inputs: readonly TensorInfo[],
  written: ResolvedFeatures | null,
  source: readonly Column[],
  columns: Column[],
  known: readonly TensorInfo[] = inputs,
): readonly TensorSpec[] {
  const toSpec = (entry: ResolvedFeature, element: ElementType): FeatureSpec => {
    const column = findColumn(
      source,
      entry.column,
      entry.input === null ? 'features' : `model input "${entry.input}"`,
    );
    return bindFeature(entry, column, element, columns);
  };
  const [first] = inputs;
  const matrix = inputs.length === 1 && first !== undefined && widthOf(first) !== 1 ? first : null;
  if (matrix !== null) return [bindMatrix(matrix, written, toSpec)];
  if (written?.kind === 'map') assertKnown(written, known);
  return bindByName(inputs, written, toSpec);
}

function assertKnown({ entries }: ResolvedFeatures, known: readonly TensorInfo[]): void {
  const names = new Set(known.map(({ name }) => name));
  const stranger = entries.find(({ input }) => input !== null && !names.has(input));
  if (stranger === undefined) return;
  throw invalid(`features: the model has no input "${stranger.input}"`, {
    hint: `Its inputs are ${[...names].join(', ')}.`,
  });
}

/**
 * One column as a feature of a tensor.
 *
 * @param columns the source columns that features are made from, each once; a new one is added
 */
export function bindFeature(
  entry: ResolvedFeature,
  column: Column,
  element: ElementType,
  columns: Column[],
): FeatureSpec {
  assertCastable(column.name, column.type, column.native, element);
  assertDeclaredType(entry, element);
  let index = columns.indexOf(column);
  if (index < 0) index = columns.push(column) - 1;
  const name = entry.input ?? column.name;
  return {
    column: column.name,
    ...(name === column.name ? {} : { name }),
    index,
    type: column.type,
    ...bindPolicies(entry, column, element),
  };
}

type ToSpec = (entry: ResolvedFeature, element: ElementType) => FeatureSpec;

function bindMatrix(input: TensorInfo, written: ResolvedFeatures | null, toSpec: ToSpec): TensorSpec {
  const element = elementOf(input);
  const width = widthOf(input);
  if (written === null || written.kind === 'map') {
    throw invalid(
      `the model has one input "${input.name}" of ${width ?? 'several'} columns, which have no names`,
      {
        hint: 'List its features in the order that the model was trained with: features: [first, second, …].',
      },
    );
  }
  if (width !== null && written.entries.length !== width) {
    throw invalid(
      `the model's input "${input.name}" has ${width} columns, the target lists ${written.entries.length} features`,
      {
        hint: 'List the features in the order that the model was trained with.',
      },
    );
  }
  return {
    input: input.name,
    element,
    rank: 2,
    features: written.entries.map((entry) => toSpec(entry, element)),
  };
}

function bindByName(
  inputs: readonly TensorInfo[],
  written: ResolvedFeatures | null,
  toSpec: ToSpec,
): readonly TensorSpec[] {
  const entries = written?.entries ?? [];
  const listed = written?.kind === 'list';
  if (listed && (inputs.length !== 1 || entries.length !== 1)) {
    throw invalid(
      `the model has ${inputs.length} inputs of one column: ${inputs.map(({ name }) => name).join(', ')}`,
      {
        hint: 'Write features as a map from input to column; a list is for a model with one input of several columns.',
      },
    );
  }
  return inputs.map((input) => {
    if (widthOf(input) !== 1) {
      throw invalid(
        `the model's input "${input.name}" has shape [${input.shape.join(', ')}] beside other inputs`,
        {
          hint: 'A model has one input of several columns, or several inputs of one column each.',
        },
      );
    }
    const entry = listed ? entries[0] : entries.find(({ input: name }) => name === input.name);
    const element = elementOf(input);
    const feature = toSpec(entry ?? { input: input.name, column: input.name }, element);
    return { input: input.name, element, rank: input.shape.length === 1 ? 1 : 2, features: [feature] };
  });
}

/** Columns of an input of shape [rows] or [rows, n]; null where the graph leaves n open. */
function widthOf({ name, shape }: TensorInfo): number | null {
  const [, columns, ...rest] = shape;
  if (rest.length > 0 || shape.length === 0) {
    throw invalid(
      `the model's input "${name}" has shape [${shape.join(', ')}]; tabular models have [rows] or [rows, columns]`,
    );
  }
  if (columns === undefined) return 1;
  return typeof columns === 'number' ? columns : null;
}

function elementOf({ name, type }: TensorInfo): ElementType {
  if (isElementType(type)) return type;
  throw invalid(
    `the model's input "${name}" has type ${type ?? 'sequence or map'}, which scorehouse does not feed`,
    {
      hint: 'Inputs of float, double, int64, int32, bool and string are taken.',
    },
  );
}

function assertDeclaredType({ column, type }: ResolvedFeature, element: ElementType): void {
  if (type === undefined || type === element) return;
  throw invalid(`feature "${column}" is declared ${type}, the model's input is ${element}`, {
    hint: `Write type: ${element}, or leave it out.`,
  });
}

function invalid(message: string, fields: { readonly hint?: string } = {}): ScoringError {
  return new ScoringError(message, { code: 'PLAN_INVALID', stage: 'plan', ...fields });
}
