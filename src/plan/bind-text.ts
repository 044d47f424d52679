import type { ResolvedFeatures, ResolvedOutput } from '../config/index.js';
import { type Column, ScoringError } from '../contract/index.js';
import { bindFeature } from './bind-features.js';
import { findColumn } from './find-column.js';
import type { ModelFacts, TokenizerFacts } from './model-facts.js';
import type { ModelSpec, TensorInfo, TokenInput } from './scoring-spec.js';

/**
 * Tokens of every inference: enough to keep matrix products fast, few enough that a bucket that a chunk leaves half empty
 * wastes little. Part of the fingerprint, since a score may depend on it in its last bit.
 */
const BLOCK_TOKENS = 512;

/** Texts of the shortest padded length that fill them. */
const MOST_ROWS = 32;

/** What fills the inputs that text models have. */
const FILLS: Readonly<Record<string, TokenInput['fill']>> = {
  input_ids: 'ids',
  attention_mask: 'mask',
  token_type_ids: 'types',
};

/**
 * Binds the text column to the model's token inputs.
 *
 * @param columns the source columns that features are made from, each once; a new one is added
 * @throws PLAN_INVALID or MODEL_INVALID where the two do not fit
 */
export function bindText(
  model: ModelFacts,
  tokenizer: TokenizerFacts,
  written: ResolvedFeatures | null,
  source: readonly Column[],
  columns: Column[],
): ModelSpec {
  const column = findColumn(source, tokenizer.column, 'tokenizer.column');
  const entry = written?.entries.find((each) => each.column === tokenizer.column);
  const feature = bindFeature({ ...entry, input: null, column: column.name }, column, 'string', columns);
  const inputs = model.inputs.map(toTokenInput);
  if (!inputs.some(({ fill }) => fill === 'ids')) {
    throw invalid(
      `model ${model.uri} has no input input_ids, so tokens are not what it takes`,
      `Its inputs are ${namesOf(model.inputs)}. Leave tokenizer out, or export the model with input_ids.`,
    );
  }
  const { maxLength, sha256, truncateLeft, padLeft, padId, padTypeId } = tokenizer;
  const fixedLength = fixedOf(model.inputs, 1);
  assertLength(tokenizer, fixedLength);
  return {
    tensors: [],
    text: {
      feature,
      tokenizerSha256: sha256,
      inputs,
      maxLength,
      fixedLength,
      fixedRows: fixedOf(model.inputs, 0) ?? (model.mixesRows ? 1 : null),
      truncateLeft,
      padLeft,
      padId,
      padTypeId,
      blockTokens: BLOCK_TOKENS,
    },
    blockRows: MOST_ROWS,
  };
}

/**
 * The model without outputs that have a value for each token. How the vectors of a text's tokens become one is the
 * model's affair, so such an output is left out where the target names none, and refused where it names it.
 *
 * @throws PLAN_INVALID where a named output has a value for each token, or no other is there
 */
export function withPooledOutputs(model: ModelFacts, written: readonly ResolvedOutput[] | null): ModelFacts {
  const length = model.inputs.find(({ name }) => name === 'input_ids')?.shape[1];
  const isPerToken = ({ shape }: TensorInfo) =>
    shape.length > 2 || (typeof shape[1] === 'string' && shape[1] !== '' && shape[1] === length);
  const pooled = model.outputs.filter((output) => !isPerToken(output));
  const refused = model.outputs.find(
    (output) =>
      isPerToken(output) &&
      (written === null ? pooled.length === 0 : written.some(({ from }) => from === output.name)),
  );
  if (refused === undefined) return { ...model, outputs: pooled };
  throw invalid(
    `the model's output "${refused.name}" has shape [${refused.shape.join(', ')}]: a value for every token, not one for every text`,
    'Pool in the graph: export the model with its pooling (the mean over attention_mask, or the first token), so that an output is [rows, n], and name that one in outputs.',
  );
}

function toTokenInput({ name, type, shape }: TensorInfo): TokenInput {
  const fill = Object.hasOwn(FILLS, name) ? FILLS[name] : undefined;
  if (fill === undefined) {
    throw invalid(
      `the model's input "${name}" is none that tokens fill (${Object.keys(FILLS).join(', ')}); other inputs beside a text are not built yet`,
      'Export the model without it.',
    );
  }
  if (type !== 'int64' && type !== 'int32') {
    throw invalid(
      `the model's input "${name}" has type ${type ?? 'sequence or map'}; tokens are int64 or int32`,
    );
  }
  if (shape.length !== 2) {
    throw invalid(`the model's input "${name}" has shape [${shape.join(', ')}]; tokens are [rows, tokens]`);
  }
  return { input: name, fill, element: type };
}

/** The one size that a dimension of the inputs has, where the graph fixes it. */
function fixedOf(inputs: readonly TensorInfo[], dimension: 0 | 1): number | null {
  return inputs.map(({ shape }) => shape[dimension]).find((size) => typeof size === 'number') ?? null;
}

/**
 * What `features` says has to be of a text column, where no model takes other columns.
 *
 * @throws PLAN_INVALID
 */
export function assertTextsOnly(written: ResolvedFeatures | null, texts: readonly string[]): void {
  const stranger = written?.entries.find(({ column }) => !texts.includes(column));
  if (stranger === undefined) return;
  throw invalid(
    `features: "${stranger.input ?? stranger.column}" is no input of a text model, which takes tokens only`,
    `Leave it out; only ${texts.join(', ')} may stand there, to say what NULLs become.`,
  );
}

function assertLength(
  { maxLength, specialTokens, refusal }: TokenizerFacts,
  fixedLength: number | null,
): void {
  if (maxLength <= specialTokens) {
    throw invalid(
      `tokenizer.max_length is ${maxLength}, and ${specialTokens} of them are the tokenizer's special tokens`,
      `Give more than ${specialTokens}.`,
    );
  }
  if (fixedLength !== null && maxLength > fixedLength) {
    throw invalid(
      `texts have up to ${maxLength} tokens, the model takes ${fixedLength}`,
      `Write tokenizer: { max_length: ${fixedLength} }.`,
    );
  }
  if (refusal !== null) {
    throw invalid(
      `the model does not take texts of ${maxLength} tokens: ${refusal}`,
      'Write tokenizer: { max_length: … } with the most tokens that the model was trained with.',
    );
  }
}

function namesOf(infos: readonly TensorInfo[]): string {
  return infos.map(({ name }) => name).join(', ') || 'none';
}

function invalid(message: string, hint?: string): ScoringError {
  return new ScoringError(message, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    ...(hint === undefined ? {} : { hint }),
  });
}
