import { elementName, type OnnxValue } from '../onnx.js';
import type { LintFinding, LintRule } from './finding.js';

/** Element types of inputs that columns become. */
const FED: ReadonlySet<string> = new Set(['float', 'double', 'int64', 'int32', 'bool', 'string']);

/** No table has as many columns, no batch as many values; an input that asks for more asks for memory. */
const MAX_COLUMNS = 100_000;
const MAX_VALUES = 2 ** 27;

export const lintInputs: LintRule = ({ model }) => model.graph.inputs.flatMap(lintInput);

function lintInput({ name, type }: OnnxValue): readonly LintFinding[] {
  const where = `input "${name}"`;
  if (type.kind !== 'tensor') {
    return [
      {
        code: 'input-type',
        severity: 'error',
        where,
        message: `It is ${type.kind === 'unknown' ? 'of no known type' : `a ${type.kind}`}, and only tensors are fed.`,
        fix: 'Export with tensors as inputs, one matrix or one input per column.',
      },
    ];
  }
  const element = elementName(type.element);
  if (element === 'float16') {
    return [
      {
        code: 'float16-input',
        severity: 'error',
        where,
        message: 'It is float16, which onnxruntime for Node does not pass on reliably.',
        fix: 'Convert with keep_io_types=True: float32 goes in, and the graph casts it.',
      },
    ];
  }
  if (!FED.has(element)) {
    return [
      {
        code: 'input-type',
        severity: 'error',
        where,
        message: `It is ${element}, which no column of a warehouse becomes.`,
        fix: `Export with ${[...FED].join(', ')}.`,
      },
    ];
  }
  return lintShape(where, type.shape ?? []);
}

function lintShape(where: string, shape: readonly (number | string)[]): readonly LintFinding[] {
  const [rows, ...columns] = shape;
  const found: LintFinding[] = [];
  const width = columns.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1);
  const batch = typeof rows === 'number' ? rows : 1;
  if (
    width > MAX_COLUMNS ||
    batch * width > MAX_VALUES ||
    shape.some((dim) => typeof dim === 'number' && dim < 0)
  ) {
    found.push({
      code: 'input-shape',
      severity: 'error',
      where,
      message: `It has shape [${shape.join(', ')}], which no table fills.`,
      fix: `Export with [rows] or [rows, columns], of at most ${MAX_COLUMNS.toLocaleString('en-US')} columns.`,
    });
  }
  if (typeof rows === 'number') {
    found.push({
      code: 'fixed-batch',
      severity: 'warning',
      where,
      message: `It takes exactly ${rows} row${rows === 1 ? '' : 's'} at a time: scoring is slower, and a model that uses the other rows of a batch gives rows other scores.`,
      fix: 'Export with a symbolic first dimension (dynamic_axes, or [None, n]).',
    });
  }
  if (columns.length === 1 && columns[0] !== 1) {
    found.push({
      code: 'unnamed-columns',
      severity: 'warning',
      where,
      message: `Its ${typeof columns[0] === 'number' ? `${columns[0]} ` : ''}columns have no names: features in another order are scored without any error.`,
      fix: 'List the features in the order of the training, and keep golden rows that would show a mix-up.',
    });
  }
  return found;
}

export const lintOutputs: LintRule = ({ cut }) => [
  ...cut.zipMaps.map(
    (name): LintFinding => ({
      code: 'zipmap',
      severity: 'note',
      where: `output "${name}"`,
      message:
        'It is a ZipMap, which is cut out of the graph: its labels name the columns, its values stay the same.',
      fix: "Nothing to do; zipmap: False in the export's options leaves it out from the start.",
    }),
  ),
  ...cut.lists.map(
    (name): LintFinding => ({
      code: 'list-output',
      severity: 'note',
      where: `output "${name}"`,
      message: `It is a list of tensors, each of which becomes an output: "${name}_0" and so on.`,
      fix: 'Nothing to do.',
    }),
  ),
  ...cut.dropped.map(
    ({ name, kind }): LintFinding => ({
      code: 'non-tensor-output',
      severity: 'warning',
      where: `output "${name}"`,
      message: `It is ${kind}, which cannot be a column, and is left out.`,
      fix: 'Export it as a tensor if it is needed.',
    }),
  ),
];
