import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Expectation, findUnknown, judge } from './expectations.js';
import { renderReport } from './report.js';

const NEVER_TRUE: Expectation = { kind: 'never', reason: 'zeros have no sign', fails: /^row \d+/ };
const failure = new Error('row 7: 0 is not -0');

describe('an expectation', () => {
  it('lets a case pass that has none', () => {
    assert.equal(judge('load/x', undefined, null), 'passed');
  });

  it('lets a case fail that is expected to', () => {
    assert.equal(judge('load/x', NEVER_TRUE, failure), 'never');
  });

  it('does not excuse a case that has none', () => {
    assert.throws(
      () => judge('load/x', undefined, failure),
      (error) => error === failure,
    );
  });

  it('does not excuse a case that passes', () => {
    assert.throws(
      () => judge('load/x', NEVER_TRUE, null),
      /load\/x passes.*\(never\): remove its expectation/,
    );
  });

  it('does not excuse a failure for another reason', () => {
    const other = new Error('connection lost');
    assert.throws(
      () => judge('load/x', NEVER_TRUE, other),
      /load\/x fails for another reason.*connection lost/,
    );
  });

  it('is found where no case has its id', () => {
    assert.deepEqual(findUnknown({ 'load/x': NEVER_TRUE, 'load/y': NEVER_TRUE }, ['load/x']), ['load/y']);
  });
});

describe('the report', () => {
  it('tells counts by tier, each expectation with its reason, and what is not offered', () => {
    const lines = renderReport({
      kind: 'duckdb',
      tier: 'embedded',
      results: [
        { id: 'load/x', state: 'never' },
        { id: 'load/y', state: 'passed' },
        { id: 'dependents/x', state: 'not offered', missing: 'dependents' },
        { id: 'dependents/y', state: 'not offered', missing: 'dependents' },
      ],
      expectations: { 'load/x': { ...NEVER_TRUE, link: 'https://example.com/1' } },
    });
    assert.deepEqual(lines, [
      'conformance duckdb (embedded): 1 passed, 1 never, 0 upstream, 0 todo, 2 not offered',
      'conformance duckdb (embedded): never load/x: zeros have no sign (https://example.com/1)',
      'conformance duckdb (embedded): not offered dependents (2 cases)',
    ]);
  });
});
