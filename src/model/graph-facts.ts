import type { GraphFacts } from '../plan/model-facts.js';
import type { CutModel } from './cut.js';
import { reading } from './fields.js';
import { findLabels } from './labels.js';
import { mixesRows } from './mixes-rows.js';
import type { OnnxModel } from './onnx.js';
import { findThresholds } from './thresholds.js';
import { buildWiring } from './wiring.js';

/**
 * What the graph tells a plan, of the model as it was written and of what was cut out of it.
 *
 * @throws MODEL_INVALID where an attribute that it needs cannot be read
 */
export function buildGraphFacts(
  { graph, operators }: OnnxModel,
  { outputs, zipMaps }: Pick<CutModel, 'outputs' | 'zipMaps'>,
): GraphFacts {
  return reading(() => {
    const wiring = buildWiring(graph);
    return {
      labels: findLabels(graph, wiring, outputs),
      zipMaps,
      thresholds: findThresholds(graph, wiring),
      mixesRows: mixesRows(operators),
    };
  });
}
