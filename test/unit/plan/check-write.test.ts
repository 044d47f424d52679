import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresDialect } from '../../../adapters/postgres/dialect.js';
import { assertNameFits } from '../../../src/plan/check-write.js';

for (const [bytes, name] of [
  [49, 'a'.repeat(49)],
  [50, 'a'.repeat(50)],
  [50, 'é'.repeat(25)],
] as const) {
  test(`a view's name of ${bytes} bytes ${bytes < 50 ? 'leaves' : 'leaves no'} room for its versions (${name.length} letters)`, () => {
    const check = () => assertNameFits({ schema: 'predictions', name }, postgresDialect);
    if (bytes < 50) check();
    else assert.throws(check, { code: 'PLAN_INVALID', message: /too long for the names of its versions/ });
  });
}
