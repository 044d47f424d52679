import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ScoringError } from '../contract/index.js';

/** The largest vocabularies of the field take a quarter of it. */
const MOST_BYTES = 128 * 1024 ** 2;

/** What a tokenizer.json is cut to where neither it nor the target says so: what BERT and most of its kin take. */
const DEFAULT_LENGTH = 512;

/** Padding tokens by the names that tokenizers give them, for files that do not say how they pad. */
const PAD_TOKENS: readonly string[] = ['[PAD]', '<pad>'];

/** A tokenizer.json, read once and kept for the run, and what it says of cutting and padding. */
export interface TokenizerFile {
  readonly file: string;
  readonly json: string;
  /** sha-256 in hex over the file. */
  readonly sha256: string;
  /** Most tokens of a text, special ones counted. */
  readonly maxLength: number;
  readonly truncateLeft: boolean;
  readonly padLeft: boolean;
  readonly padId: number;
  readonly padTypeId: number;
}

/**
 * Reads a tokenizer.json.
 *
 * @param maxLength what the target says; null leaves it to the file, which leaves it to 512
 * @throws MODEL_INVALID when the file is missing, too large or no tokenizer.json
 */
export async function loadTokenizer(
  file: string,
  path: string,
  maxLength: number | null,
): Promise<TokenizerFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === 'ENOENT' ? 'no such file' : `cannot be read (${cause.code})`;
    throw invalid(
      file,
      problem,
      'Check tokenizer.file; a relative path starts at the project folder.',
      cause,
    );
  });
  if (bytes.length > MOST_BYTES) {
    throw invalid(file, `${bytes.length} bytes are more than a tokenizer has`, 'Is it the tokenizer.json?');
  }
  const json = bytes.toString('utf8');
  const root = parse(file, json);
  const [truncation, padding] = [toMapping(root.truncation), toMapping(root.padding)];
  return {
    file,
    json,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    maxLength: maxLength ?? toCount(truncation.max_length) ?? DEFAULT_LENGTH,
    truncateLeft: truncation.direction === 'Left',
    padLeft: padding.direction === 'Left',
    padId: toCount(padding.pad_id) ?? findPadId(root.added_tokens) ?? 0,
    padTypeId: toCount(padding.pad_type_id) ?? 0,
  };
}

function parse(file: string, json: string): Mapping {
  const hint = 'Save it with the save() of the Python tokenizer, or take tokenizer.json of the model.';
  try {
    const root: unknown = JSON.parse(json);
    if (Object.hasOwn(toMapping(root), 'model')) return toMapping(root);
  } catch (cause) {
    throw invalid(file, 'it is no JSON', hint, cause);
  }
  throw invalid(file, 'it has no "model", as a tokenizer.json has', hint);
}

type Mapping = Readonly<Record<string, unknown>>;

function toMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function toCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function findPadId(added: unknown): number | null {
  const tokens = Array.isArray(added) ? added.map(toMapping) : [];
  return toCount(tokens.find(({ content }) => PAD_TOKENS.includes(String(content)))?.id);
}

function invalid(file: string, problem: string, hint: string, cause?: unknown): ScoringError {
  return new ScoringError(`tokenizer ${file}: ${problem}`, {
    code: 'MODEL_INVALID',
    stage: 'model',
    details: { file },
    hint,
    cause,
  });
}
