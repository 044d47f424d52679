import type { TextSpec } from '../plan/scoring-spec.js';
import type { Tokens } from './tokenizer.js';

/** Lengths that texts are padded to are its multiples. */
const LENGTH_STEP = 16;

/** Texts of one padded length that are scored together, and the rows that they are from. */
export interface TokenBlock {
  readonly length: number;
  /** Rows of the inference: decided by the length alone. */
  readonly blockRows: number;
  /** At least one, at most `blockRows`. */
  readonly rows: readonly number[];
  readonly tokens: readonly Tokens[];
}

/** The padded length of a text of so many tokens: it depends on that text alone, whatever is scored beside it. */
export function paddedLength(
  tokens: number,
  { maxLength, fixedLength }: Pick<TextSpec, 'maxLength' | 'fixedLength'>,
): number {
  return fixedLength ?? Math.min(Math.ceil(Math.max(tokens, 1) / LENGTH_STEP) * LENGTH_STEP, maxLength);
}

/** Texts of that length in every inference: never one alone, which other code of the engine would score. */
export function blockRowsOf(
  length: number,
  { blockTokens, fixedRows }: Pick<TextSpec, 'blockTokens' | 'fixedRows'>,
): number {
  return fixedRows ?? Math.max(2, Math.floor(blockTokens / length));
}

/**
 * Gathers texts into blocks of one padded length. A score may depend in its last bits on the shape of the tensors that
 * it comes from. Here the text alone decides that shape, so its score depends neither on chunks nor on the texts beside
 * it.
 */
export class TokenBuckets {
  readonly #spec: TextSpec;
  readonly #open = new Map<number, { rows: number[]; tokens: Tokens[] }>();

  constructor(spec: TextSpec) {
    this.#spec = spec;
  }

  /** Adds a row's text; the block that is full with it, else null. */
  add(row: number, tokens: Tokens): TokenBlock | null {
    const length = paddedLength(tokens.ids.length, this.#spec);
    const bucket = this.#open.get(length) ?? { rows: [], tokens: [] };
    bucket.rows.push(row);
    bucket.tokens.push(tokens);
    const blockRows = blockRowsOf(length, this.#spec);
    const full = bucket.rows.length === blockRows;
    if (full) this.#open.delete(length);
    else this.#open.set(length, bucket);
    return full ? { length, blockRows, ...bucket } : null;
  }

  /** The blocks that never became full. */
  *drain(): Generator<TokenBlock> {
    for (const [length, bucket] of this.#open) {
      yield { length, blockRows: blockRowsOf(length, this.#spec), ...bucket };
    }
    this.#open.clear();
  }
}

/** What the inputs of one block are: `blockRows` times `length`, row by row. */
export interface TokenMatrix {
  readonly ids: Int32Array;
  readonly mask: Int32Array;
  readonly types: Int32Array;
}

/** Pads the texts of a block, and repeats the last one up to `blockRows`: a repeated row is always valid input. */
export function padBlock({ length, blockRows, tokens }: TokenBlock, spec: TextSpec): TokenMatrix {
  const size = length * blockRows;
  const ids = new Int32Array(size).fill(spec.padId);
  const mask = new Int32Array(size);
  const types = new Int32Array(size).fill(spec.padTypeId);
  for (let row = 0; row < blockRows; row++) {
    const text = tokens[Math.min(row, tokens.length - 1)] as Tokens;
    const at = row * length + (spec.padLeft ? length - text.ids.length : 0);
    ids.set(text.ids, at);
    mask.fill(1, at, at + text.ids.length);
    types.set(text.types, at);
  }
  return { ids, mask, types };
}
