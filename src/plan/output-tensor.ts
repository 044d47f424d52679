import { ScoringError } from '../contract/index.js';
import { isElementType } from './casts.js';
import type { Labels, ModelFacts } from './model-facts.js';
import type { ElementType, OutputSpec } from './scoring-spec.js';

/** A column of one model, by itself. */
export type BoundOutput = Omit<OutputSpec, 'model'>;

/** What of a model's facts decides its columns. */
export type OutputFacts = Pick<ModelFacts, 'outputs' | 'widths' | 'labels' | 'zipMaps'>;

/** An output that can become columns. */
export interface OutputTensor {
  readonly name: string;
  readonly element: ElementType;
  /** Elements of a row. */
  readonly width: number;
  /** The classes that the elements stand for; null where the graph says none. */
  readonly labels: Labels | null;
  /** It was a map from label to score before it was cut out of the graph. */
  readonly zipMap: boolean;
}

/** @throws PLAN_INVALID where the output's type or shape cannot become columns */
export function toOutputTensor(
  facts: OutputFacts,
  { name, type, shape }: OutputFacts['outputs'][number],
): OutputTensor {
  const element = toElement(name, type);
  const width = toWidth(name, shape, facts.widths[name]);
  const labels = facts.labels[name];
  return {
    name,
    element,
    width,
    labels: labels?.values.length === width ? labels : null,
    zipMap: facts.zipMaps.includes(name),
  };
}

/** True for the elements that may be NaN. */
export function isFloating(element: ElementType): boolean {
  return element === 'float32' || element === 'float64';
}

export function invalidOutput(message: string, hint?: string): ScoringError {
  return new ScoringError(message, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    ...(hint === undefined ? {} : { hint }),
  });
}

function toElement(name: string, type: string | null): ElementType {
  if (isElementType(type)) return type;
  const what = type === null ? 'is no tensor' : `has type ${type}`;
  throw invalidOutput(`the model's output "${name}" ${what}, which scorehouse does not publish`);
}

/** @param probed values a row that a probe has counted: graphs leave widths open, and some declare wrong ones */
function toWidth(name: string, shape: readonly (string | number)[], probed: number | undefined): number {
  const width = probed ?? (shape.length < 2 ? 1 : shape[1]);
  if (typeof width === 'number' && Number.isInteger(width) && width > 0 && shape.length <= 2) return width;
  throw invalidOutput(
    `the model's output "${name}" has shape [${shape.join(', ')}]; columns need [rows] or [rows, n]`,
  );
}
