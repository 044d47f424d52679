import { readText } from '../attributes.js';
import { show } from '../external-data.js';
import { mixesRows } from '../mixes-rows.js';
import { elementName, type OnnxValue } from '../onnx.js';
import { buildWiring, operatorOf, originOf, type Produced } from '../wiring.js';
import type { LintFinding, LintRule } from './finding.js';

/** Operators of integer arithmetic. */
const QUANTISED =
  /^(?:Q(?:uantize|Linear|Gemm|Attention|Embed)|DequantizeLinear|DynamicQuantize|MatMulInteger|ConvInteger|MatMulNBits)/;

/** Operators that hand on what they are given. */
const HANDS_ON: ReadonlySet<string> = new Set(['Identity', 'Cast', 'ai.onnx.ml.ZipMap']);

export const lintQuantised: LintRule = ({ model }) => {
  const quantised = model.operators.filter(({ op }) => QUANTISED.test(op));
  if (quantised.length === 0) return [];
  return [
    {
      code: 'quantised',
      severity: 'warning',
      where: quantised.map(operatorOf).join(', '),
      message:
        'Integer arithmetic rounds differently on processors with and without VNNI: the same row may score otherwise on another machine.',
      fix: 'Score on one kind of processor, or use the model before it was quantised.',
    },
  ];
};

export const lintDynamic: LintRule = ({ model }) => {
  if (!mixesRows(model.operators)) return [];
  return [
    {
      code: 'dynamic-quantisation',
      severity: 'warning',
      where: 'DynamicQuantizeLinear',
      message:
        "Its scales come from all rows of a call, so that a row's score depends on the rows beside it: a table is refused, texts are scored one at a time.",
      fix: 'Quantise it statically, with calibration data, or use the model before it was quantised.',
    },
  ];
};

/** Reductions over the columns of a few rows: the engine adds some rows at a time, each in its own order. */
const REDUCTION = /^Reduce(?:Sum|Mean|L1|L2|SumSquare|LogSum|LogSumExp|Prod)$/;

export const lintReductions: LintRule = ({ model }) => {
  const found = model.operators.filter(({ op, domain }) => domain === '' && REDUCTION.test(op));
  if (found.length === 0) return [];
  return [
    {
      code: 'reduction',
      severity: 'note',
      where: found.map(operatorOf).join(', '),
      message:
        'onnxruntime may add up a row in another order by its place among the rows of a call: last bits of a score can differ where rows come or go before it, or chunk_rows is no multiple of 64.',
      fix: 'Compare such scores with a tolerance.',
    },
  ];
};

export const lintExternal: LintRule = ({ model }) => {
  const locations = [...new Set(model.external.map(({ location }) => location))];
  if (locations.length === 0) return [];
  return [
    {
      code: 'external-data',
      severity: 'warning',
      where: locations.slice(0, 3).map(show).join(', ') + (locations.length > 3 ? ', …' : ''),
      message: 'Weights are kept in other files, which a target refuses unless it says external_data: true.',
      fix: 'Save it as one file (onnx.save without save_as_external_data), or say external_data: true and keep the files beside it.',
    },
  ];
};

/** The engine's logistic function ends at 0 and 1 (onnxruntime#26281). */
export const lintSaturation: LintRule = ({ model }) => {
  const wiring = buildWiring(model.graph);
  return model.graph.outputs.flatMap(({ name }): LintFinding[] => {
    const made = wiring.producer(originOf(name, HANDS_ON, wiring));
    if (made === null || !isLogistic(made)) return [];
    return [
      {
        code: 'logistic-saturation',
        severity: 'note',
        where: `output "${name}"`,
        message:
          'Its logistic function gives exactly 0 or 1 for scores far out, so that their logarithm is infinite and their order is lost.',
        fix: 'Publish the raw score where the tails matter; do not take logarithms of these.',
      },
    ];
  });
};

/** A classifier gives its label first, then its scores. */
function isLogistic({ node, output }: Produced): boolean {
  if (operatorOf(node) === 'Sigmoid') return true;
  return node.op.endsWith('Classifier') && output === 1 && readText(node, 'post_transform') === 'LOGISTIC';
}

/** Element types of outputs that columns are made of. */
const PUBLISHED: readonly string[] = ['float', 'double', 'int64', 'int32', 'bool', 'string'];

export const lintOutputTypes: LintRule = ({ model }) => model.graph.outputs.flatMap(lintOutputType);

function lintOutputType({ name, type }: OnnxValue): readonly LintFinding[] {
  if (type.kind !== 'tensor' || PUBLISHED.includes(elementName(type.element))) return [];
  return [
    {
      code: 'output-type',
      severity: 'warning',
      where: `output "${name}"`,
      message: `It is ${elementName(type.element)}, which is not published.`,
      fix: `Cast it in the graph to one of ${PUBLISHED.join(', ')}, or name the other outputs in the target.`,
    },
  ];
}
