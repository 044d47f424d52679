import type { ResolvedOutput } from '../config/index.js';
import { toColumnType } from './casts.js';
import { bindDerived } from './derive-output.js';
import { findClass } from './find-class.js';
import type { ModelFacts } from './model-facts.js';
import { namingModel } from './model-plan.js';
import {
  type BoundOutput,
  invalidOutput,
  isFloating,
  type OutputFacts,
  type OutputTensor,
  toOutputTensor,
} from './output-tensor.js';
import type { OutputSpec } from './scoring-spec.js';
import { type ElementColumn, spreadOutput } from './spread-output.js';

/** Values that each output gives a row, where a probe has told. */
export type Widths = Readonly<Record<string, number>>;

/** How the columns of a ZipMap are called where a model has one. */
const PROBABILITY = 'probability';

/**
 * The prediction columns: those that the target names, else every output of the model; of several models side by side,
 * each under its model's name.
 *
 * @throws PLAN_INVALID where an output cannot become a column
 */
export function bindOutputs(
  models: readonly (OutputFacts & Pick<ModelFacts, 'name'>)[],
  written: readonly ResolvedOutput[] | null,
): readonly OutputSpec[] {
  return models.flatMap((facts, model) => {
    const columns = namingModel(facts.name, () =>
      written === null ? bindAll(facts) : written.flatMap((entry) => bindEntry(facts, entry)),
    );
    return columns.map((spec) => ({
      ...spec,
      model,
      column: facts.name === null ? spec.column : `${facts.name}_${spec.column}`,
    }));
  });
}

function bindAll(facts: OutputFacts): readonly BoundOutput[] {
  return facts.outputs.flatMap((info) => {
    const tensor = toOutputTensor(facts, info);
    const name = tensor.zipMap && facts.zipMaps.length === 1 ? PROBABILITY : info.name;
    return bindElements({ name, nonfinite: 'fail', tolerance: 0 }, tensor, spreadOutput(name, tensor));
  });
}

function bindEntry(facts: OutputFacts, entry: ResolvedOutput): readonly BoundOutput[] {
  const { name, from, class: wanted, array, derive, sigmoid } = entry;
  const info = facts.outputs.find((candidate) => candidate.name === from);
  if (info === undefined) {
    throw invalidOutput(
      `outputs.${name}: the model has no output "${from}"`,
      `It has ${facts.outputs.map((output) => output.name).join(', ')}.`,
    );
  }
  const tensor = toOutputTensor(facts, info);
  if (sigmoid !== undefined) assertScores(name, 'calibrate', tensor);
  if (array === true) return [bindArray(entry, tensor)];
  if (derive !== undefined) {
    assertScores(name, derive.kind === 'top' ? 'top_k' : derive.kind, tensor);
    return bindDerived(entry, derive, tensor);
  }
  const columns =
    wanted === undefined ? spreadOutput(name, tensor) : [{ column: name, element: findClass(entry, tensor) }];
  return bindElements(entry, tensor, columns);
}

/** Columns of elements as the model gives them, calibrated at most. */
function bindElements(
  {
    name,
    nonfinite,
    range,
    tolerance,
    sigmoid,
  }: Pick<ResolvedOutput, 'name' | 'nonfinite' | 'tolerance' | 'range' | 'sigmoid'>,
  { name: from, element: type }: OutputTensor,
  columns: readonly ElementColumn[],
): readonly BoundOutput[] {
  if (range !== undefined && (type === 'string' || type === 'bool')) {
    throw invalidOutput(`outputs.${name}: a range needs numbers, "${from}" gives ${type}`);
  }
  return columns.map(({ column, element }) => ({
    column,
    from,
    read: { kind: 'value', element, ...(sigmoid === undefined ? {} : { sigmoid }) },
    type: toColumnType(type),
    nonfinite: isFloating(type) ? nonfinite : 'keep',
    range: range === undefined ? null : { min: range[0], max: range[1], tolerance },
  }));
}

function bindArray(
  { name, nonfinite }: ResolvedOutput,
  { name: from, element, width }: OutputTensor,
): BoundOutput {
  const { kind } = toColumnType(element);
  if (kind === 'float' || kind === 'double' || kind === 'int32' || kind === 'int64' || kind === 'bool') {
    return {
      column: name,
      from,
      read: { kind: 'array' },
      type: { kind: 'array', element: kind, length: width },
      nonfinite: isFloating(element) ? nonfinite : 'keep',
      range: null,
    };
  }
  throw invalidOutput(
    `outputs.${name}: "${from}" gives ${element}, and only numbers become an array`,
    'Leave as: array out: each element becomes a column.',
  );
}

function assertScores(name: string, key: string, { name: from, element }: OutputTensor): void {
  if (isFloating(element)) return;
  throw invalidOutput(`outputs.${name}.${key} needs scores of float or double, "${from}" gives ${element}`);
}
