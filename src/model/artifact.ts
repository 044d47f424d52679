import type { ModelPlace } from '../config/index.js';
import { isScoringError, ScoringError } from '../contract/index.js';
import type { GraphFacts, ModelSource } from '../plan/model-facts.js';
import { type CutModel, cutModel } from './cut.js';
import { closeAll, openExternalFiles, show } from './external-data.js';
import { buildGraphFacts } from './graph-facts.js';
import type { Fetcher } from './http/fetcher.js';
import { assertUsable } from './lint/index.js';
import { buildManifest, type ModelManifest } from './manifest.js';
import type { OnnxModel } from './onnx.js';
import { assertPin } from './pin.js';
import { copyPrivately, type ModelFile } from './private-copy.js';
import { readModelBytes } from './read-bytes.js';
import { readModel } from './read-model.js';

/** What a target says of a model. */
export interface ModelOptions {
  /** As the user wrote it, for messages. */
  readonly uri: string;
  readonly place: ModelPlace;
  /** What the manifest's hash must be. */
  readonly sha256?: string | undefined;
  readonly externalData: boolean;
}

/** A model's files, read once and kept for the run. Disposing deletes what was copied of them. */
export interface ModelArtifact extends AsyncDisposable {
  readonly uri: string;
  readonly manifest: ModelManifest;
  /** What a session opens: every output of it is a tensor. */
  readonly source: ModelSource;
  readonly model: OnnxModel;
  readonly cut: Omit<CutModel, 'bytes'>;
  /** Asked for once the workers open the model: that of a large one takes a while. */
  readonly buildFacts: () => GraphFacts;
}

/**
 * Reads a model and the files that it refers to, checks the pin, and makes every output a tensor.
 *
 * @throws MODEL_INVALID when a file is missing or not the pinned one, when it is no model, or is one that must not be
 *   opened; what `fetchModel` throws
 */
export async function loadModel(options: ModelOptions, fetcher: Fetcher): Promise<ModelArtifact> {
  const { uri, place, sha256: pin, externalData } = options;
  try {
    const { file, bytes } = await readModelBytes(place, pin, fetcher);
    // Without other files its hash is known before anybody looks inside.
    if (!externalData) assertPin(file.sha256, pin);
    const model = readModel(bytes);
    const { bytes: written, ...cut } = cutModel(bytes, model);
    assertUsable({ model, cut });
    const buildFacts = () => naming(uri, () => buildGraphFacts(model, cut));
    const { manifest, source, dispose } = await loadSource(options, model, file, written);
    try {
      assertPin(manifest.sha256, pin);
    } catch (error) {
      await dispose();
      throw error;
    }
    return { uri, manifest, source, model, cut, buildFacts, [Symbol.asyncDispose]: dispose };
  } catch (cause) {
    throw nameModel(uri, cause);
  }
}

interface LoadedSource {
  readonly manifest: ModelManifest;
  readonly source: ModelSource;
  readonly dispose: () => Promise<void>;
}

/** Bytes where the model is one file, else a path to copies of all of them. */
async function loadSource(
  { place, externalData }: ModelOptions,
  { external }: OnnxModel,
  file: ModelFile,
  bytes: Uint8Array,
): Promise<LoadedSource> {
  const [first] = external;
  if (first === undefined) {
    return {
      manifest: buildManifest(file, []),
      source: { kind: 'bytes', bytes },
      dispose: async () => undefined,
    };
  }
  if (!externalData && place.kind === 'file') {
    throw invalid(
      `its tensor ${show(first.tensor)} is kept in another file, ${show(first.location)}, which the target does not allow`,
      'Say external_data: true under the model if its weights belong beside it; where it came from somebody else, do not trust it.',
    );
  }
  const files = await openExternalFiles(place, external);
  try {
    const copy = await copyPrivately(bytes, files);
    return {
      manifest: buildManifest(file, copy.files),
      source: { kind: 'file', path: copy.path },
      dispose: async () => copy[Symbol.asyncDispose](),
    };
  } finally {
    await closeAll(files);
  }
}

/**
 * An output that is no tensor is left out, unless the target asks for it.
 *
 * @throws MODEL_INVALID
 */
export function assertNotDropped({ uri, cut }: ModelArtifact, names: readonly string[]): void {
  const asked = cut.dropped.find(({ name }) => names.includes(name));
  if (asked === undefined) return;
  throw invalid(
    `model ${uri}: its output "${asked.name}" is ${asked.kind}, which cannot be a column`,
    `Name other outputs: ${cut.outputs.map(({ name }) => name).join(', ')}.`,
  );
}

function naming<T>(uri: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw nameModel(uri, cause);
  }
}

/** Who reads bytes does not know whose they are. */
function nameModel(uri: string, cause: unknown): unknown {
  if (!isScoringError(cause)) return cause;
  const { code, stage, retryable, details, hint } = cause;
  return new ScoringError(`model ${uri}: ${cause.message}`, {
    code,
    stage,
    retryable,
    details: { uri, ...details },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

function invalid(what: string, hint: string): ScoringError {
  return new ScoringError(what, { code: 'MODEL_INVALID', stage: 'model', hint });
}
