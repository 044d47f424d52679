import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { describeDifference } from '../support/compare-predictions.js';
import { nameTest, runCorpus } from '../support/corpus.js';

/** SCOREHOUSE_CORPUS=<folder> tries the cases that `test/corpus/make.py --out` left there instead of the archive's. */
const corpus = await runCorpus(process.env.SCOREHOUSE_CORPUS);
after(() => corpus[Symbol.asyncDispose]());

describe('a model of the corpus', () => {
  for (const { name, refused, expected } of corpus.cases) {
    const outcome = corpus.outcomes.get(name);
    if (refused === null) {
      it(nameTest(name, false), async () => {
        assert.deepEqual(outcome, { exit: 0, code: '', message: '' });
        assert.equal(await describeDifference(corpus.adapter, `predictions.${name}`, expected), '');
      });
    } else {
      it(nameTest(name, true), () => {
        assert.equal(outcome?.exit, refused.exit, outcome?.message);
        assert.match(outcome.code, new RegExp(`^(?:${refused.code})$`), outcome.message);
        assert.match(outcome.message, new RegExp(refused.message));
      });
    }
  }
});
