import assert from 'node:assert/strict';
import {
  type ErrorCode,
  exitCodeOf,
  isScoringError,
  type ScoringError,
  type Stage,
} from '../../src/contract/index.js';
import { promptly } from './rig.js';

/** A value of a row, which must not show in any error. */
export const SECRET = 'hunter2';

export interface Failure {
  readonly code?: ErrorCode | readonly ErrorCode[];
  readonly stage?: Stage;
  readonly message?: RegExp;
}

/** The error of work that must fail: one of ours, in time, with the code and stage given and no row's value in it. */
export async function failing(work: Promise<unknown>, expected: Failure): Promise<ScoringError> {
  const error = await promptly(work, 'the failure').then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error !== null, `it did not fail${expected.code === undefined ? '' : ` with ${expected.code}`}`);
  assert.ok(isScoringError(error), `not a ScoringError: ${error}`);
  const { code, stage, message, hint, details } = error;
  const codes = expected.code === undefined ? [code] : [expected.code].flat();
  assert.ok(codes.includes(code), `code ${code} where ${codes.join(' or ')} was expected: ${message}`);
  assert.ok(exitCodeOf(error) > 0);
  if (expected.stage !== undefined) assert.equal(stage, expected.stage);
  if (expected.message !== undefined) assert.match(message, expected.message);
  const told = JSON.stringify([message, hint, details], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  assert.ok(!told.includes(SECRET), `a row's value is told: ${told}`);
  return error;
}

/** Reads to the end, for a read that must fail before it. */
export async function drain(
  batches: AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>,
): Promise<number> {
  let count = 0;
  for await (const _ of await batches) count++;
  return count;
}
