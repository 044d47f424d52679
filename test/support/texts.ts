import type { Fixture } from './fixtures.js';
import { fixtureFile, targetOf } from './fixtures.js';

/** Elements of the embedding that the text fixtures give. */
const EMBEDDING = Array.from({ length: 16 }, (_, i) => `embedding_${i}`);

/** The text models of test/fixtures/text: one a kind of tokenizer. */
export const TEXT_FIXTURES: readonly Fixture[] = ['wordpiece', 'bpe'].map((name) => ({
  name: `text/${name}`,
  matrix: false,
  inputs: { text: 'varchar' },
  outputs: Object.fromEntries([...EMBEDDING, 'score'].map((column) => [column, 'real'])),
}));

/** A target's YAML over a text model. */
export function textTargetOf(fixture: Fixture, source: string, more = '', column = 'text'): string {
  const tokenizer = `{ file: ${JSON.stringify(fixtureFile(fixture.name, 'tokenizer.json'))}, column: ${column} }`;
  return targetOf(fixture, source, more).replace(/^(model: \{.*) \}$/m, `$1, tokenizer: ${tokenizer} }`);
}
