import { readFile } from 'node:fs/promises';
import type { Tokenizer } from 'tokenizers';

/** A text as tokens: cut, with the special tokens, not padded. */
export interface Tokens {
  readonly ids: readonly number[];
  /** The sequence that each token belongs to; 0 for all of one text. */
  readonly types: readonly number[];
}

/** Where texts are cut. */
export interface Truncation {
  readonly maxLength: number;
  readonly truncateLeft: boolean;
}

/** Turns texts into tokens, as Python's `tokenizers` does: it is the same code. */
export class TextTokenizer {
  /** The library, with its version. */
  readonly engine: string;
  /** Tokens that every text gets beside its own. */
  readonly specialTokens: number;
  readonly #tokenizer: Tokenizer;

  private constructor(tokenizer: Tokenizer, engine: string, specialTokens: number) {
    this.#tokenizer = tokenizer;
    this.engine = engine;
    this.specialTokens = specialTokens;
  }

  /**
   * @param json the text of a tokenizer.json
   * @throws whatever the library says of a file that it does not take
   */
  static async open(json: string, { maxLength, truncateLeft }: Truncation): Promise<TextTokenizer> {
    // Native code, which targets without texts need not load.
    const { Tokenizer } = await import('tokenizers');
    const tokenizer = Tokenizer.fromString(json);
    tokenizer.disablePadding();
    tokenizer.disableTruncation();
    const specialTokens = (await tokenizer.encode('')).getLength();
    // What leaves no room for a token of the text is the plan's to refuse.
    if (maxLength > specialTokens) {
      tokenizer.setTruncation(maxLength, { direction: truncateLeft ? 'left' : 'right' });
    }
    return new TextTokenizer(tokenizer, await readEngine(), specialTokens);
  }

  async encode(texts: readonly string[]): Promise<readonly Tokens[]> {
    const encodings = await this.#tokenizer.encodeBatch([...texts]);
    return encodings.map((encoding) => ({ ids: encoding.getIds(), types: encoding.getTypeIds() }));
  }
}

async function readEngine(): Promise<string> {
  const file = new URL('./package.json', import.meta.resolve('tokenizers'));
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return `tokenizers ${version}`;
}
