import type { GraphFacts } from '../plan/model-facts.js';
import { reading } from './fields.js';
import { findLabels } from './labels.js';
import type { OnnxModel } from './onnx.js';
import { findThresholds } from './thresholds.js';
import { buildWiring } from './wiring.js';

/**
 * What the graph tells a plan.
 *
 * @throws MODEL_INVALID where an attribute that it needs cannot be read
 */
export function buildGraphFacts({ graph }: OnnxModel): GraphFacts {
  return reading(() => {
    const wiring = buildWiring(graph);
    return { labels: findLabels(graph, wiring), zipMaps: [], thresholds: findThresholds(graph, wiring) };
  });
}
