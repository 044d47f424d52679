import type { Labels } from '../plan/model-facts.js';
import { readInt64Texts, readTexts } from './attributes.js';
import type { OnnxGraph, OnnxNode } from './onnx.js';
import { readLabelTensor } from './tensor-values.js';
import { operatorOf, type Wiring } from './wiring.js';

/** Where operators keep the labels of what they give: attributes of texts, and of integers. */
const LABEL_ATTRIBUTES = {
  'ai.onnx.ml.ZipMap': ['classlabels_strings', 'classlabels_int64s'],
  'ai.onnx.ml.TreeEnsembleClassifier': ['classlabels_strings', 'classlabels_int64s'],
  'ai.onnx.ml.LinearClassifier': ['classlabels_strings', 'classlabels_ints'],
  'ai.onnx.ml.SVMClassifier': ['classlabels_strings', 'classlabels_ints'],
} as const;

/** Operators whose output has the classes of their first input in the same order. */
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
  'ai.onnx.ml.Normalizer',
]);

/** Operators over a first input and something that fits it: a constant, or a sum of the row. */
const KEEPS_PLACES: ReadonlySet<string> = new Set([...KEEPS_CLASSES, 'Sub', 'Div', 'Mul', 'Add']);

/** Operators that leave every value as it is, or only its type and shape. */
const KEEPS_VALUES: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
]);

/**
 * The class labels of the outputs that have one value per class: from the ZipMap or classifier that made them, else from
 * the table that the graph looks its label up in.
 *
 * Whether there are as many labels as values only a run can tell: a support vector machine without probabilities gives
 * one value per pair of classes.
 */
export function findLabels(graph: OnnxGraph, wiring: Wiring): Readonly<Record<string, Labels>> {
  const looked = findLookedUp(graph, wiring);
  const found = graph.outputs.flatMap(({ name }) => {
    const labels = labelsOf(name, wiring) ?? looked.get(originOf(name, KEEPS_PLACES, wiring));
    return labels ? [[name, labels] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Follows a value back to the ZipMap or classifier whose scores it is. */
function labelsOf(value: string, wiring: Wiring): Labels | null {
  let at = value;
  for (;;) {
    const made = wiring.producer(at);
    if (made === null) return null;
    const operator = operatorOf(made.node);
    const own = readLabels(made.node, operator);
    const isScores = operator === 'ai.onnx.ml.ZipMap' ? made.output === 0 : made.output === 1;
    if (own !== null) return isScores ? own : null;
    if (!KEEPS_CLASSES.has(operator)) return null;
    at = made.node.inputs[0] ?? '';
  }
}

function readLabels(node: OnnxNode, operator: string): Labels | null {
  if (!Object.hasOwn(LABEL_ATTRIBUTES, operator)) return null;
  const [texts, ints] = LABEL_ATTRIBUTES[operator as keyof typeof LABEL_ATTRIBUTES];
  const strings = readTexts(node, texts) ?? [];
  if (strings.length > 0) return { type: 'text', values: strings };
  const integers = readInt64Texts(node, ints) ?? [];
  return integers.length > 0 ? { type: 'int64', values: integers } : null;
}

/**
 * Classifiers that are written in plain operators (naive Bayes, neighbours, neural networks) look their label up in a
 * table, by the place of the greatest score. Gives the tables by the scores that they were asked for.
 */
function findLookedUp(
  { nodes, initializers }: OnnxGraph,
  wiring: Wiring,
): ReadonlyMap<string, Labels | null> {
  const found = new Map<string, Labels | null>();
  for (const node of nodes) {
    if (!['ai.onnx.ml.ArrayFeatureExtractor', 'Gather'].includes(operatorOf(node))) continue;
    const [table, index] = node.inputs;
    const tensor = initializers.get(originOf(table ?? '', KEEPS_VALUES, wiring));
    const made = wiring.producer(originOf(index ?? '', KEEPS_VALUES, wiring));
    if (made === null || made.node.op !== 'ArgMax' || made.node.domain !== '') continue;
    const scores = originOf(made.node.inputs[0] ?? '', KEEPS_PLACES, wiring);
    if (wiring.producer(scores) === null || tensor === undefined) continue;
    // Two tables for the same scores contradict each other.
    found.set(scores, found.has(scores) ? null : readLabelTensor(tensor));
  }
  return found;
}

/** The value that this one is made of, through operators of those only. */
function originOf(value: string, through: ReadonlySet<string>, wiring: Wiring): string {
  let at = value;
  for (;;) {
    const made = wiring.producer(at);
    if (made === null || !through.has(operatorOf(made.node))) return at;
    at = made.node.inputs[0] ?? '';
  }
}
