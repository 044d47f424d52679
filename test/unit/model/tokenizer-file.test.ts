import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isScoringError } from '../../../src/contract/index.js';
import { loadTokenizer } from '../../../src/model/tokenizer-file.js';
import { fixtureFile } from '../../support/fixtures.js';
import { makeFolder } from '../../support/project.js';

describe('loadTokenizer', () => {
  it('reads where the file cuts and pads', async () => {
    const file = fixtureFile('text/bpe', 'tokenizer.json');
    const { json: _, sha256, ...facts } = await loadTokenizer('t.json', file, null);
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(facts, {
      file: 't.json',
      maxLength: 40,
      truncateLeft: true,
      padLeft: true,
      padId: 1,
      padTypeId: 0,
    });
  });

  it("cuts where the target says, before the file's own length", async () => {
    const file = fixtureFile('text/bpe', 'tokenizer.json');
    assert.equal((await loadTokenizer('t.json', file, 12)).maxLength, 12);
  });

  it('takes 512 tokens, and the padding token by its name, where the file says nothing', async (t) => {
    const file = join(makeFolder(t), 't.json');
    const added = [{ id: 4, content: '<pad>' }];
    writeFileSync(file, JSON.stringify({ model: {}, truncation: null, padding: null, added_tokens: added }));
    const { maxLength, padId, padLeft } = await loadTokenizer('t.json', file, null);
    assert.deepEqual([maxLength, padId, padLeft], [512, 4, false]);
  });

  for (const { what, text, message } of [
    { what: 'no file', text: null, message: 'tokenizer t.json: no such file' },
    { what: 'no JSON', text: 'vocab', message: 'tokenizer t.json: it is no JSON' },
    {
      what: 'other JSON',
      text: '[{"model": 1}]',
      message: 'tokenizer t.json: it has no "model", as a tokenizer.json has',
    },
  ]) {
    it(`refuses ${what}`, async (t) => {
      const file = join(makeFolder(t), 't.json');
      if (text !== null) writeFileSync(file, text);
      await assert.rejects(
        loadTokenizer('t.json', file, null),
        (error) => isScoringError(error) && error.code === 'MODEL_INVALID' && error.message === message,
      );
    });
  }
});
