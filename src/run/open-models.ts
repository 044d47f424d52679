import type { ResolvedModel, ResolvedTarget } from '../config/index.js';
import { assertInvariant } from '../contract/index.js';
import type { ModelArtifact } from '../model/artifact.js';
import { fitLabels, type ModelFacts, type ModelSource, type WorkerModel } from '../plan/model-facts.js';
import { WorkerPool } from '../score/pool.js';
import type { ScoreWorker } from '../score/worker-handle.js';
import { disposeAll, loadModels } from './load-models.js';
import { nameModel } from './name-model.js';
import { openTokenizers } from './open-tokenizers.js';
import type { WarehouseSession } from './session.js';

/** The workers with the models in them. */
export interface OpenedModels {
  readonly scorer: WorkerPool;
  readonly artifacts: readonly ModelArtifact[];
}

/** Reads the models while the workers start. */
export async function openScorer(
  target: ResolvedTarget,
  { fetcher }: Pick<WarehouseSession, 'fetcher'>,
  size: number,
  starting: readonly ScoreWorker[],
  signal: AbortSignal,
): Promise<OpenedModels> {
  const loading = loadModels(target, fetcher);
  const maxGrowthBytes = target.resources.memoryBytes / 2 / size;
  const sources = loading.then((artifacts) =>
    artifacts.map(({ source }, i) => toWorkerModel(source, target.models[i])),
  );
  const scorer = await WorkerPool.open(sources, { size, starting, maxGrowthBytes, signal }).catch(
    async (cause: unknown) => {
      await disposeAll(await loading.catch(() => []));
      throw nameModel(
        target.models.map(({ uri }) => uri),
        cause,
      );
    },
  );
  return { scorer, artifacts: await loading };
}

function toWorkerModel(source: ModelSource, model: ResolvedModel | undefined): WorkerModel {
  return { ...source, provider: model?.provider ?? 'cpu' };
}

/** The engine with what it runs on, where that is not the processor: scores may depend on it. */
export function nameEngine({ models }: ResolvedTarget, version: string): string {
  const others = models.map(({ provider }) => provider).filter((provider) => provider !== 'cpu');
  return [version, ...new Set(others)].join(' on ');
}

/** What files and sessions tell of the target's models. */
export async function readModelFacts(
  target: ResolvedTarget,
  { scorer, artifacts }: OpenedModels,
): Promise<readonly ModelFacts[]> {
  const tokenizers = await openTokenizers(target, scorer);
  const probing = scorer.probe();
  probing.catch(() => undefined);
  const graphs = artifacts.map((artifact) => artifact.buildFacts());
  const probes = await probing;
  return target.models.map(({ name, uri }, i) => {
    const [artifact, facts, info, probe] = [artifacts[i], graphs[i], scorer.info.models[i], probes.models[i]];
    assertInvariant(artifact && facts && info, 'a model without a session', 'model');
    const { widths = {}, rowsPerSecond = null, refusal = null } = probe ?? {};
    const tokenizer = tokenizers[i] ?? null;
    return {
      name,
      uri,
      sha256: artifact.manifest.sha256,
      ...info,
      ...fitLabels(facts, widths),
      widths,
      rowsPerSecond,
      tokenizer: tokenizer === null ? null : { ...tokenizer, refusal },
    };
  });
}

/** The workers' files go after the workers. */
export async function closeModels(opened: OpenedModels | null): Promise<void> {
  await opened?.scorer.close();
  await disposeAll(opened?.artifacts ?? []);
}
