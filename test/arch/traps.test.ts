import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listCaseTests } from '../support/corpus.js';
import { readNamedTests, readText } from './named-tests.js';

/** Whose tests have the names of the archive's cases. */
const CORPUS_TEST = 'test/pipeline/corpus.test.ts';

const named = readNamedTests('test/corpus/TRAPS.md');

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
