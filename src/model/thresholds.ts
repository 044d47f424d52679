import type { GraphFacts } from '../plan/model-facts.js';
import { readFloats, readInts, readTensorMessage, readTexts } from './attributes.js';
import { ColumnTracer } from './columns.js';
import { Limits } from './limits.js';
import type { OnnxGraph, OnnxNode } from './onnx.js';
import { readTensor } from './read-tensor.js';
import { readFloatTensor } from './tensor-values.js';
import { operatorOf, type Wiring } from './wiring.js';

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
  const found = new Map<string, Map<number, Set<number>>>();
  const tracer = new ColumnTracer(graph, wiring);
  for (const node of graph.nodes) {
    const splits = readSplits(node);
    const origins = splits === null ? null : tracer.trace(node.inputs[0] ?? '');
    if (splits === null || origins === null) continue;
    splits.columns.forEach((column, at) => {
      const origin = origins[column];
      const value = splits.values[at];
      if (!origin || value === undefined || !splits.isSplit(at)) return;
      const columns = getOrAdd(found, origin.input, () => new Map<number, Set<number>>());
      getOrAdd(columns, origin.column, () => new Set<number>()).add(value);
    });
  }
  return Object.fromEntries(
    [...found].map(([input, columns]) => {
      const width = tracer.trace(input)?.length ?? 0;
      return [input, Array.from({ length: width }, (_, column) => toSorted(columns.get(column)))];
    }),
  );
}

function readSplits(node: OnnxNode): Splits | null {
  switch (operatorOf(node)) {
    case 'ai.onnx.ml.TreeEnsembleClassifier':
    case 'ai.onnx.ml.TreeEnsembleRegressor': {
      const columns = readInts(node, 'nodes_featureids');
      // Thresholds of doubles stand in another attribute: they take inputs as they are.
      const values = readFloats(node, 'nodes_values');
      const modes = readTexts(node, 'nodes_modes') ?? [];
      return columns === null || values === null
        ? null
        : { columns, values, isSplit: (at) => modes[at] !== 'LEAF' };
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

function toSorted(values: Set<number> | undefined): Float32Array | null {
  return values === undefined ? null : Float32Array.from(values).sort();
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
