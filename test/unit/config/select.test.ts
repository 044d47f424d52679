import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ResolvedTarget, type Selection, selectTargets } from '../../../src/config/index.js';
import { isScoringError } from '../../../src/contract/index.js';
import { load, TARGET } from './fixtures.js';

const { targets } = await load({
  targets: Object.fromEntries(
    [
      ['churn', 'nightly'],
      ['churn_eu', 'weekly'],
      ['ltv', 'nightly'],
    ].map(([name, tag]) => [`${name}.yml`, `${TARGET.replace('churn', String(name))}tags: [${tag}]\n`]),
  ),
});

function names(selection: Partial<Selection>, from: readonly ResolvedTarget[] = targets): readonly string[] {
  return selectTargets(from, { names: [], select: [], exclude: [], ...selection }).map(
    (target) => target.name,
  );
}

describe('selectTargets', () => {
  const rows: readonly (readonly [Partial<Selection>, readonly string[]])[] = [
    [{}, ['churn', 'churn_eu', 'ltv']],
    [{ names: ['ltv', 'churn'] }, ['churn', 'ltv']],
    [{ select: ['chur*'] }, ['churn', 'churn_eu']],
    [{ select: ['tag:nightly'] }, ['churn', 'ltv']],
    [{ select: ['l?v', '*_eu'] }, ['churn_eu', 'ltv']],
    [{ names: ['ltv'], select: ['tag:weekly'] }, ['churn_eu', 'ltv']],
    [{ exclude: ['tag:nightly'] }, ['churn_eu']],
    [{ select: ['chur*'], exclude: ['*_eu'] }, ['churn']],
  ];
  for (const [selection, expected] of rows) {
    it(JSON.stringify(selection), () => assert.deepEqual(names(selection), expected));
  }

  const failures: readonly (readonly [Partial<Selection>, RegExp])[] = [
    [
      { names: ['chrn'] },
      /^unknown target "chrn" \(expected one of churn, churn_eu, ltv; did you mean churn\?\)$/,
    ],
    [{ names: ['chur*'] }, /^unknown target/],
    [
      { select: ['tag:nigthly'] },
      /^no target is selected by "--select tag:nigthly" \(did you mean tag:nightly\?\)$/,
    ],
    [{ exclude: ['*'] }, /^no target is selected by "--exclude \*"$/],
  ];
  for (const [selection, message] of failures) {
    it(`refuses ${JSON.stringify(selection)}`, () => {
      assert.throws(
        () => names(selection),
        (error) => isScoringError(error) && error.code === 'USAGE' && message.test(error.message),
      );
    });
  }

  it('is quick with a hostile glob', () => {
    const started = performance.now();
    assert.throws(() => names({ select: [`${'*a'.repeat(2000)}b`] }));
    assert.ok(performance.now() - started < 500);
  });
});
