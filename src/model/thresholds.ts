import type { GraphFacts } from '../plan/model-facts.js';
import { readFloats, readInts, readTensorMessage, readTextBytes } from './attributes.js';
import { ColumnTracer, type Origin } from './columns.js';
import { Limits } from './limits.js';
import type { OnnxGraph, OnnxNode } from './onnx.js';
import { readTensor } from './read-tensor.js';
import { readFloatTensor } from './tensor-values.js';
import { operatorOf, type Wiring } from './wiring.js';

/** The first letter of the mode of a node that is no split; all others begin with `BRANCH`. */
const LEAF = 'L'.charCodeAt(0);

/** A split of a tree: the column that it looks at, and where it splits. */
interface Splits {
  readonly columns: readonly number[];
  readonly values: readonly number[];
  /** False for a leaf, whose column and value mean nothing. */
  readonly isSplit: (at: number) => boolean;
}

/**
 * Where the trees of the model split the columns of its inputs. A value of the warehouse that only becomes equal to a
 * threshold by rounding to float32 may be sent another way than in training.
 */
export function findThresholds(graph: OnnxGraph, wiring: Wiring): GraphFacts['thresholds'] {
  const found = new Map<string, number[][]>();
  const tracer = new ColumnTracer(graph, wiring);
  for (const node of graph.nodes) {
    const splits = readSplits(node);
    const origins = splits === null ? null : tracer.trace(node.inputs[0] ?? '');
    if (splits === null || origins === null) continue;
    // Splits by the trees' columns first: there are many of these, and few columns.
    const places = origins.map((origin) => (origin === null ? null : columnOf(found, origin, tracer)));
    splits.columns.forEach((column, at) => {
      const value = splits.values[at];
      if (value !== undefined && splits.isSplit(at)) places[column]?.push(value);
    });
  }
  return Object.fromEntries([...found].map(([input, columns]) => [input, columns.map(toAscending)]));
}

/** The list of an input's column, made with those of the other columns where the input is a new one. */
function columnOf(
  found: Map<string, number[][]>,
  { input, column }: NonNullable<Origin>,
  tracer: ColumnTracer,
): number[] | null {
  const columns = found.get(input) ?? Array.from(tracer.trace(input) ?? [], () => []);
  found.set(input, columns);
  return columns[column] ?? null;
}

function readSplits(node: OnnxNode): Splits | null {
  switch (operatorOf(node)) {
    case 'ai.onnx.ml.TreeEnsembleClassifier':
    case 'ai.onnx.ml.TreeEnsembleRegressor': {
      const columns = readInts(node, 'nodes_featureids');
      // Thresholds of doubles stand in another attribute: they take inputs as they are.
      const values = readFloats(node, 'nodes_values');
      const modes = readTextBytes(node, 'nodes_modes') ?? [];
      return columns === null || values === null
        ? null
        : { columns, values, isSplit: (at) => modes[at]?.[0] !== LEAF };
    }
    case 'ai.onnx.ml.TreeEnsemble': {
      const columns = readInts(node, 'nodes_featureids');
      const message = readTensorMessage(node, 'nodes_splits');
      if (columns === null || message === null) return null;
      const values = readFloatTensor(readTensor(message, 0, { limits: new Limits(), external: [] }));
      return values === null ? null : { columns, values, isSplit: () => true };
    }
    default:
      return null;
  }
}

/** Each value once; null for none. */
function toAscending(values: readonly number[]): Float32Array | null {
  if (values.length === 0) return null;
  const sorted = Float32Array.from(values).sort();
  return sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
}
