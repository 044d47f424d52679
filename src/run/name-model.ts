import { isScoringError, ScoringError } from '../contract/index.js';

/** What onnxruntime's StringNormalizer says where the C library lacks the locale that it lowers texts by. */
const LOCALE = /Failed to construct locale with name:\s*([\w.@-]+)/;

/**
 * The engine's error does not know which file it read.
 *
 * @param uris of the target's models, in their order
 */
export function nameModel(uris: readonly string[], cause: unknown): unknown {
  if (!isScoringError(cause) || cause.code !== 'MODEL_INVALID' || cause.message.startsWith('model '))
    return cause;
  const { stage, message } = cause;
  const uri = uris[Number(cause.details?.model ?? 0)] ?? '';
  const locale = LOCALE.exec(message)?.[1];
  if (locale !== undefined) {
    return new ScoringError(`model ${uri} lowers texts by the locale ${locale}, which this machine lacks`, {
      code: 'ENVIRONMENT',
      stage,
      details: { uri, locale },
      hint: `Install the locale ${locale} (on Debian: the package locales, then locale-gen), or lower the texts in the source query and export the model without StringNormalizer.`,
      cause,
    });
  }
  return new ScoringError(`model ${uri}: ${message}`, {
    code: 'MODEL_INVALID',
    stage,
    details: { uri },
    hint: 'onnxruntime does not take the file: export the model again, or restore the file.',
    cause,
  });
}
