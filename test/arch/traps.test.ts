import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listCaseTests } from '../support/corpus.js';

const ROOT = new URL('../../../', import.meta.url);

/** Whose tests have the names of the archive's cases. */
const CORPUS_TEST = 'test/pipeline/corpus.test.ts';

/** Every test that the table names, by its file. */
const named = [
  ...readText('test/corpus/TRAPS.md').matchAll(/`(test\/[^`]+\.test\.ts)`: ((?:"[^"]+"(?:, )?)+)/g),
].flatMap(([, file = '', names = '']) =>
  [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ file, name })),
);

describe('the table of traps names a test that is there', () => {
  const ofCases = new Set(listCaseTests());
  for (const file of new Set(named.map((each) => each.file))) {
    it(file, () => {
      const text = readText(file);
      const isThere = (name: string) => (file === CORPUS_TEST ? ofCases.has(name) : text.includes(name));
      const missing = named.filter((each) => each.file === file && !isThere(each.name));
      assert.deepEqual(missing, []);
    });
  }
});

function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8');
}
