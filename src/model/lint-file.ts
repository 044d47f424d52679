import type { ModelPlace } from '../config/index.js';
import { isScoringError } from '../contract/index.js';
import { cutModel } from './cut.js';
import { closeAll, openExternalFiles } from './external-data.js';
import type { Fetcher } from './http/fetcher.js';
import type { LintFinding } from './lint/finding.js';
import { lintModel } from './lint/index.js';
import { readModelBytes } from './read-bytes.js';
import { readModel } from './read-model.js';

/**
 * Lints a model's file. What keeps it from being read is a finding too; onnxruntime never sees it.
 *
 * @throws what is no fault of the model
 */
export async function lintModelFile(place: ModelPlace, fetcher: Fetcher): Promise<readonly LintFinding[]> {
  try {
    const { bytes } = await readModelBytes(place, undefined, fetcher);
    const model = readModel(bytes);
    const findings = lintModel({ model, cut: cutModel(bytes, model) });
    await closeAll(await openExternalFiles(place, model.external));
    return findings;
  } catch (error) {
    if (!isScoringError(error) || error.code !== 'MODEL_INVALID') throw error;
    const { message, hint = '' } = error;
    return [
      {
        code: 'unreadable',
        severity: 'error',
        where: 'the file',
        message: `A run refuses it: ${message}.`,
        fix: hint,
      },
    ];
  }
}
