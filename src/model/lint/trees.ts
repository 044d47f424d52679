import { readFloats, readInt, readInts, readText } from '../attributes.js';
import type { OnnxModel, OnnxNode } from '../onnx.js';
import { operatorOf } from '../wiring.js';
import { ENGINE } from './engine.js';
import type { LintFinding, LintRule } from './finding.js';

const CLASSIFIER = 'ai.onnx.ml.TreeEnsembleClassifier';
const REGRESSOR = 'ai.onnx.ml.TreeEnsembleRegressor';

/** What a regressor may do with its sum, of which the engine does only some for a single target. */
const SKIPPED_TRANSFORMS: readonly string[] = ['LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO'];

export const lintTrees: LintRule = ({ model }) =>
  model.graph.nodes.flatMap((node) => [
    ...lintMissing(node, model),
    ...lintTransform(node),
    ...lintThresholds(node),
  ]);

/** Where a NaN goes is written per split, and the converter of scikit-learn does not write it (sklearn-onnx#1253). */
function lintMissing(node: OnnxNode, { producer }: OnnxModel): readonly LintFinding[] {
  if (![CLASSIFIER, REGRESSOR].includes(operatorOf(node))) return [];
  const tracks = readInts(node, 'nodes_missing_value_tracks_true') ?? [];
  if (tracks.some((each) => each !== 0)) return [];
  const why =
    producer === 'skl2onnx'
      ? 'the converter drops what scikit-learn learnt about missing values'
      : 'as LightGBM writes it where training saw no missing value; there a NaN counts as 0';
  return [
    {
      code: 'nan-routing',
      severity: 'warning',
      where: nameOf(node),
      message: `A NaN takes the false branch at every split (${why}), so that nulls: nan may give other scores than the library.`,
      fix: 'Use nulls: fail or { value: … }, or compare golden rows with missing values.',
    },
  ];
}

function lintTransform(node: OnnxNode): readonly LintFinding[] {
  if (operatorOf(node) !== REGRESSOR || (readInt(node, 'n_targets') ?? 1) !== 1) return [];
  const transform = readText(node, 'post_transform') ?? 'NONE';
  if (!SKIPPED_TRANSFORMS.includes(transform)) return [];
  return [
    {
      code: 'post-transform',
      severity: 'warning',
      where: nameOf(node),
      message: `onnxruntime ${ENGINE.version} does not apply ${transform} to an ensemble of one target: the scores are raw sums.`,
      fix: 'Export a classifier, or calibrate the output; range: [0, 1] refuses raw sums.',
    },
  ];
}

function lintThresholds(node: OnnxNode): readonly LintFinding[] {
  if (![CLASSIFIER, REGRESSOR].includes(operatorOf(node)) || readFloats(node, 'nodes_values') === null)
    return [];
  return [
    {
      code: 'float-thresholds',
      severity: 'note',
      where: nameOf(node),
      message:
        'Its splits are float32: a double of the warehouse that lies next to one may fall to its other side when it is rounded.',
      fix: 'Train on float32, or leave it: each value is rounded once, in the same way in every run.',
    },
  ];
}

function nameOf({ name, op }: OnnxNode): string {
  return name === '' || name === op ? op : `${op} "${name}"`;
}
