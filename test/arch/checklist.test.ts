import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readNamedTests, readText } from './named-tests.js';

const CHECKLIST = 'test/security/CHECKLIST.md';

describe('the security checklist', () => {
  const named = readNamedTests(CHECKLIST);

  for (const file of new Set(named.map((each) => each.file))) {
    it(`names tests that are there: ${file}`, () => {
      const text = readText(file);
      assert.deepEqual(
        named.filter((each) => each.file === file && !text.includes(each.name)),
        [],
      );
    });
  }

  it('has a proof in every row', () => {
    const rows = readText(CHECKLIST)
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (Area|---)/.test(line));
    assert.ok(rows.length > 30);
    assert.deepEqual(
      rows.filter((row) => !/`test\/[^`]+\.ts`: "/.test(row)),
      [],
    );
  });
});
