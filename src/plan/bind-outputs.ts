import type { ResolvedOutput } from '../config/index.js';
import { ScoringError } from '../contract/index.js';
import { isElementType, toColumnType } from './casts.js';
import type { ModelFacts } from './model-facts.js';
import type { ElementType, OutputSpec, TensorInfo } from './scoring-spec.js';

/** Values that each output gives a row, where a probe has told. */
export type Widths = Readonly<Record<string, number>>;

/**
 * The prediction columns: those that the target names, else every output of the model; of several models side by side,
 * each under its model's name.
 *
 * @throws PLAN_INVALID or NOT_BUILT where an output cannot become a column
 */
export function bindOutputs(
  models: readonly Pick<ModelFacts, 'name' | 'outputs' | 'widths'>[],
  written: readonly ResolvedOutput[] | null,
): readonly OutputSpec[] {
  return models.flatMap(({ name, outputs, widths }, model) => {
    const columns =
      written === null
        ? outputs.flatMap((output) => allColumns(output, widths))
        : written.map((entry) => bindOne(outputs, entry, widths));
    return columns.map((spec) => ({
      ...spec,
      model,
      column: name === null ? spec.column : `${name}_${spec.column}`,
    }));
  });
}

type BoundOutput = Omit<OutputSpec, 'model'>;

/** `[N]` and `[N, 1]` are `<output>`, `[N, n]` is `<output>_0 … <output>_n-1`. */
function allColumns(output: TensorInfo, widths: Widths): readonly BoundOutput[] {
  const type = toColumnType(elementOf(output));
  const width = widthOf(output, widths);
  const base = { from: output.name, type, nonfinite: 'fail', range: null } as const;
  if (width === 1) return [{ ...base, column: output.name, read: { kind: 'value', element: null } }];
  return Array.from({ length: width }, (_, i) => ({
    ...base,
    column: `${output.name}_${i}`,
    read: { kind: 'value', element: i },
  }));
}

function bindOne(outputs: readonly TensorInfo[], written: ResolvedOutput, widths: Widths): BoundOutput {
  const { name, from, range, tolerance, nonfinite } = written;
  const output = outputs.find((candidate) => candidate.name === from);
  if (output === undefined) {
    throw invalid(
      `outputs.${name}: the model has no output "${from}"`,
      `It has ${outputs.map((o) => o.name).join(', ')}.`,
    );
  }
  const element = elementOf(output);
  const floating = element === 'float32' || element === 'float64';
  if (range !== undefined && (element === 'string' || element === 'bool')) {
    throw invalid(`outputs.${name}: a range needs numbers, "${from}" gives ${element}`);
  }
  return {
    column: name,
    from,
    read: { kind: 'value', element: elementIndex(written, widthOf(output, widths)) },
    type: toColumnType(element),
    nonfinite: floating ? nonfinite : 'keep',
    range: range === undefined ? null : { min: range[0], max: range[1], tolerance },
  };
}

function elementIndex({ name, from, class: label }: ResolvedOutput, width: number): number | null {
  if (label === undefined) {
    if (width === 1) return null;
    throw invalid(
      `outputs.${name}: "${from}" gives ${width} values a row`,
      `Pick one with class: 0 … ${width - 1}, or leave outputs out to get a column for each.`,
    );
  }
  if (typeof label === 'string') {
    throw new ScoringError(
      `outputs.${name}: class "${label}" is a label; reading labels from the graph is not built yet`,
      {
        code: 'NOT_BUILT',
        stage: 'plan',
        hint: `Give the class by its index, 0 to ${width - 1}.`,
      },
    );
  }
  if (label >= 0 && label < width) return width === 1 ? null : label;
  throw invalid(`outputs.${name}: class ${label} is not among the ${width} values of "${from}"`);
}

function elementOf({ name, type }: TensorInfo): ElementType {
  if (isElementType(type)) return type;
  if (type === null) {
    throw new ScoringError(
      `the model's output "${name}" is a sequence or map (a ZipMap); cutting it out of the graph is not built yet`,
      {
        code: 'NOT_BUILT',
        stage: 'plan',
        hint: "Export with options={'zipmap': False} (skl2onnx) or zipmap=False (onnxmltools), or name only tensor outputs in the target's outputs.",
      },
    );
  }
  throw invalid(`the model's output "${name}" has type ${type}, which scorehouse does not publish`);
}

function widthOf({ name, shape }: TensorInfo, widths: Widths): number {
  const width = widths[name] ?? (shape.length < 2 ? 1 : shape[1]);
  if (typeof width === 'number' && Number.isInteger(width) && shape.length <= 2) return width;
  throw invalid(
    `the model's output "${name}" has shape [${shape.join(', ')}]; columns need [rows] or [rows, n]`,
  );
}

function invalid(message: string, hint?: string): ScoringError {
  return new ScoringError(message, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    ...(hint === undefined ? {} : { hint }),
  });
}
