import { createHash } from 'node:crypto';
import type { ModelFile } from './private-copy.js';

/** All files that a model is, and one hash over them. */
export interface ModelManifest {
  /** sha-256 in hex: the model file's own, where it is the only one. */
  readonly sha256: string;
  /** The model first. */
  readonly files: readonly ModelFile[];
}

/** Makes the manifest of a model and of the files that it refers to. */
export function buildManifest(model: ModelFile, files: readonly ModelFile[]): ModelManifest {
  if (files.length === 0) return { sha256: model.sha256, files: [model] };
  // The model's name does not matter to what it computes; those of its files do.
  const lines = [model.sha256, ...files.map(({ sha256, path }) => `${sha256}  ${path}`)];
  const sha256 = createHash('sha256').update(lines.join('\n')).digest('hex');
  return { sha256, files: [model, ...files] };
}
