import type { ResolvedTarget } from '../config/index.js';
import { assertNotDropped, loadModel, type ModelArtifact } from '../model/artifact.js';
import type { Fetcher } from '../model/http/fetcher.js';

/**
 * Reads the models of a target. The caller disposes them.
 *
 * @throws MODEL_INVALID for the first that cannot be scored with; nothing of the others is left
 */
export async function loadModels(
  { models, outputs }: ResolvedTarget,
  fetcher: Fetcher,
): Promise<readonly ModelArtifact[]> {
  const names = outputs?.map(({ from }) => from) ?? [];
  const loading = await Promise.allSettled(models.map((model) => loadModel(model, fetcher)));
  const loaded = loading.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    const failed = loading.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    for (const artifact of loaded) assertNotDropped(artifact, names);
    return loaded;
  } catch (error) {
    await disposeAll(loaded);
    throw error;
  }
}

export async function disposeAll(artifacts: readonly ModelArtifact[]): Promise<void> {
  await Promise.all(artifacts.map((artifact) => artifact[Symbol.asyncDispose]()));
}
