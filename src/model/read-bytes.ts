import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelPlace } from '../config/index.js';
import type { Fetcher } from './http/fetcher.js';
import { readModelFile } from './model-file.js';
import type { ModelFile } from './private-copy.js';

/** The file of a model, read once. */
export interface ModelBytes {
  readonly file: ModelFile;
  readonly bytes: Uint8Array;
}

/**
 * Reads a model from where it is.
 *
 * @param pin its sha256, where that is known
 * @throws MODEL_INVALID, and what `fetchModel` throws
 */
export async function readModelBytes(
  place: ModelPlace,
  pin: string | undefined,
  fetcher: Fetcher,
): Promise<ModelBytes> {
  if (place.kind === 'file') {
    const bytes = await readModelFile(place.path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { file: { path: basename(place.path), sha256, bytes: bytes.length }, bytes };
  }
  // TLS takes 30 ms to load, which runs with files need not wait for.
  const { fetchModel } = await import('./http/fetch-model.js');
  const { sha256, bytes } = await fetchModel(place, pin, fetcher);
  const path = basename(new URL(place.url).pathname) || 'model.onnx';
  return { file: { path, sha256, bytes: bytes.length }, bytes };
}
