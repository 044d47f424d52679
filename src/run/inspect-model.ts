import type { ModelPlace } from '../config/index.js';
import { assertInvariant } from '../contract/index.js';
import { loadModel } from '../model/artifact.js';
import type { Fetcher } from '../model/http/fetcher.js';
import type { ModelManifest } from '../model/manifest.js';
import type { OnnxModel } from '../model/onnx.js';
import { fitLabels, type Labels } from '../plan/model-facts.js';
import type { TensorInfo } from '../plan/scoring-spec.js';
import { WorkerPool } from '../score/pool.js';

/** An output as a run would read it. */
export interface InspectedOutput extends TensorInfo {
  /** Values of a row; null where the model does not take made-up rows. */
  readonly width: number | null;
  /** The class of each value; null where there are none. */
  readonly labels: Labels | null;
  readonly isZipMap: boolean;
}

/** What a model's file and a session of it tell. */
export interface ModelInspection {
  readonly uri: string;
  readonly manifest: ModelManifest;
  readonly model: Omit<OnnxModel, 'graph'>;
  readonly engine: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly InspectedOutput[];
}

/**
 * Opens a model in a worker of its own and asks what goes in and out. Files beside it are allowed.
 *
 * @param uri what messages call it
 * @throws MODEL_INVALID, and what `fetchModel` throws
 */
export async function inspectModel(
  place: ModelPlace,
  uri: string,
  fetcher: Fetcher,
): Promise<ModelInspection> {
  await using artifact = await loadModel({ uri, place, externalData: true }, fetcher);
  const options = { size: 1, maxGrowthBytes: Number.POSITIVE_INFINITY, signal: fetcher.signal };
  await using pool = await WorkerPool.open(Promise.resolve([artifact.source]), options);
  const { models } = await pool.probe();
  const [info] = pool.info.models;
  assertInvariant(info !== undefined, 'a worker without its model', 'model');
  const widths = models[0]?.widths ?? {};
  const { labels, zipMaps } = fitLabels(artifact.buildFacts(), widths);
  const { graph: _, ...model } = artifact.model;
  return {
    uri,
    manifest: artifact.manifest,
    model,
    engine: pool.info.engineVersion,
    inputs: info.inputs,
    outputs: info.outputs.map((output) => ({
      ...output,
      width: widths[output.name] ?? null,
      labels: labels[output.name] ?? null,
      isZipMap: zipMaps.includes(output.name),
    })),
  };
}
