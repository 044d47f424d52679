import type { ResolvedTarget } from '../config/index.js';
import { isScoringError, ScoringError } from '../contract/index.js';
import { loadTokenizer } from '../model/tokenizer-file.js';
import type { TokenizerFacts } from '../plan/model-facts.js';
import type { WorkerPool } from '../score/pool.js';

/**
 * Opens the tokenizers of the target's text models in the workers.
 *
 * @returns in the order of the models, null for one that takes no text
 * @throws MODEL_INVALID where a file is missing or no tokenizer.json
 */
export async function openTokenizers(
  { models }: ResolvedTarget,
  scorer: WorkerPool,
): Promise<readonly (Omit<TokenizerFacts, 'refusal'> | null)[]> {
  const files = await Promise.all(
    models.map(({ tokenizer }) =>
      tokenizer === undefined
        ? null
        : loadTokenizer(tokenizer.file, tokenizer.path, tokenizer.maxLength ?? null),
    ),
  );
  const infos = await scorer.openTokenizers(files).catch((cause: unknown) => {
    throw nameTokenizer(
      models.map(({ tokenizer }) => tokenizer?.file ?? ''),
      cause,
    );
  });
  return models.map(({ tokenizer }, i) => {
    const [file = null, info = null] = [files[i], infos[i]];
    if (tokenizer === undefined || file === null || info === null) return null;
    const { json: _, ...facts } = file;
    return { ...facts, ...info, column: tokenizer.column };
  });
}

/** The library's error does not know which file it read. */
function nameTokenizer(files: readonly string[], cause: unknown): unknown {
  if (!isScoringError(cause) || cause.details.tokenizer === undefined) return cause;
  const { code, stage, message } = cause;
  const file = files[Number(cause.details.tokenizer)] ?? '';
  return new ScoringError(`tokenizer ${file}: ${message}`, {
    code,
    stage,
    details: { file },
    hint: 'The tokenizers library does not take the file: take tokenizer.json of the model, or save it again.',
    cause,
  });
}
