import type { Labels } from '../plan/model-facts.js';
import { readInt64Texts, readTexts } from './attributes.js';
import type { OnnxGraph, OnnxNode } from './onnx.js';
import { readLabelTensor } from './tensor-values.js';
import { operatorOf, originOf, type Wiring } from './wiring.js';

/** An output, and the value of the graph as it was written that it is; the same name unless it was cut out of a list. */
export interface OutputSource {
  readonly name: string;
  readonly value: string;
}

/** Where operators keep the labels of what they give: attributes of texts, and of integers. */
const LABEL_ATTRIBUTES: ReadonlyMap<string, readonly [texts: string, integers: string]> = new Map([
  ['ai.onnx.ml.ZipMap', ['classlabels_strings', 'classlabels_int64s']],
  ['ai.onnx.ml.TreeEnsembleClassifier', ['classlabels_strings', 'classlabels_int64s']],
  ['ai.onnx.ml.LinearClassifier', ['classlabels_strings', 'classlabels_ints']],
  ['ai.onnx.ml.SVMClassifier', ['classlabels_strings', 'classlabels_ints']],
]);

/**
 * Operators whose output has the classes of their input in the same order; of two inputs the other is a constant, or a
 * sum over the row.
 */
const KEEPS_CLASSES: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Clip',
  'Softmax',
  'LogSoftmax',
  'Sigmoid',
  'Log',
  'Exp',
  'Neg',
  'Sub',
  'Div',
  'Mul',
  'Add',
  'LpNormalization',
  'ai.onnx.ml.Normalizer',
]);

/** Operators that leave every value as it is, but for its type and shape. */
const KEEPS_VALUES: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
]);

/**
 * The class labels of the outputs that have one value per class. The nearest to the output wins: its ZipMap's, else the
 * table that the graph looks its label up in, else the classifier's own.
 *
 * Whether there are as many labels as values only a run can tell: a support vector machine without probabilities gives
 * one value per pair of classes.
 */
export function findLabels(
  graph: OnnxGraph,
  wiring: Wiring,
  outputs: readonly OutputSource[],
): Readonly<Record<string, Labels>> {
  const lookedUp = findLookedUp(graph, wiring);
  const found = outputs.flatMap(({ name, value }) => {
    const zipped = labelsOf(originOf(value, new Set(['Identity']), wiring), ['ai.onnx.ml.ZipMap'], 0, wiring);
    const scores = originOf(value, KEEPS_CLASSES, wiring);
    const labels =
      zipped ?? lookedUp.get(scores) ?? labelsOf(scores, [...LABEL_ATTRIBUTES.keys()], 1, wiring);
    return labels === null ? [] : [[name, labels] as const];
  });
  return Object.fromEntries(found);
}

/** The labels that a node of those operators holds for the value, where it is the node's output of that place. */
function labelsOf(
  value: string,
  operators: readonly string[],
  output: number,
  wiring: Wiring,
): Labels | null {
  const made = wiring.producer(value);
  if (made === null || made.output !== output) return null;
  return operators.includes(operatorOf(made.node)) ? readLabels(made.node) : null;
}

function readLabels(node: OnnxNode): Labels | null {
  const [texts, integers] = LABEL_ATTRIBUTES.get(operatorOf(node)) ?? ['', ''];
  const strings = readTexts(node, texts) ?? [];
  if (strings.length > 0) return { type: 'text', values: strings };
  const numbers = readInt64Texts(node, integers) ?? [];
  return numbers.length > 0 ? { type: 'int64', values: numbers } : null;
}

/**
 * Classifiers that are written in plain operators (naive Bayes, neighbours, neural networks) look their label up in a
 * table, by the place of the greatest score. Gives the tables by the scores that they were asked for.
 */
function findLookedUp({ nodes, initializers }: OnnxGraph, wiring: Wiring): ReadonlyMap<string, Labels> {
  const found = new Map<string, Labels | null>();
  for (const node of nodes) {
    if (!['ai.onnx.ml.ArrayFeatureExtractor', 'Gather'].includes(operatorOf(node))) continue;
    const [table = '', index = ''] = node.inputs;
    const tensor = initializers.get(originOf(table, KEEPS_VALUES, wiring));
    const asked = wiring.producer(originOf(index, KEEPS_VALUES, wiring));
    if (tensor === undefined || asked === null || operatorOf(asked.node) !== 'ArgMax') continue;
    const scores = originOf(asked.node.inputs[0] ?? '', KEEPS_CLASSES, wiring);
    if (wiring.producer(scores) === null) continue;
    // Two tables for the same scores contradict each other.
    found.set(scores, found.has(scores) ? null : readLabelTensor(tensor));
  }
  return new Map(
    [...found].flatMap(([scores, labels]) => (labels === null ? [] : [[scores, labels] as const])),
  );
}
