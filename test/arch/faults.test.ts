import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readNamedTests, readText } from './named-tests.js';

const TABLE = 'test/FAULTS.md';
const named = readNamedTests(TABLE);

/** Cases of what is not built yet, which nothing proves so far. */
const NOT_BUILT = ['20'];

describe('the table of faults', () => {
  for (const file of new Set(named.map((each) => each.file))) {
    it(`names tests that are there: ${file}`, () => {
      const text = readText(file);
      const missing = named.filter((each) => each.file === file && !text.includes(each.name));
      assert.deepEqual(missing, []);
    });
  }

  it('has every case, each with a test', () => {
    const rows = readText(TABLE)
      .split('\n')
      .filter((line) => /^\| E?\d/.test(line));
    const cases = rows.map((row) => row.split('|')[1]?.trim() ?? '');
    const expected = [
      ...Array.from({ length: 30 }, (_, i) => String(i + 1)),
      ...Array.from({ length: 6 }, (_, i) => `E${i + 1}`),
    ];
    assert.deepEqual(cases, expected);
    const untested = rows
      .filter((row) => !/`test\/[^`]+`: "/.test(row))
      .map((row) => row.split('|')[1]?.trim());
    assert.deepEqual(untested, NOT_BUILT);
  });
});
