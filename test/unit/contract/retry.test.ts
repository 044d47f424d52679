import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decideWait,
  type ErrorFields,
  isPassing,
  type RetryPolicy,
  type RetryTools,
  retrying,
  ScoringError,
} from '../../../src/contract/index.js';

const POLICY: RetryPolicy = { attempts: 4, baseMs: 100, capMs: 300, totalMs: 10_000 };

function newError(fields: Partial<ErrorFields> = {}): ScoringError {
  return new ScoringError('it broke', { code: 'CONNECTION', stage: 'stage', retryable: true, ...fields });
}

/** A clock that only waiting moves, and chance that always says the most. */
function newTools(): RetryTools & { readonly waits: number[] } {
  const waits: number[] = [];
  let time = 0;
  return {
    waits,
    random: () => 1,
    now: () => time,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
}

describe('what passes by itself', () => {
  const CASES: readonly {
    readonly what: string;
    readonly fields: Partial<ErrorFields>;
    readonly passes: boolean;
  }[] = [
    { what: 'a lost connection', fields: {}, passes: true },
    { what: 'a connection that was refused for good', fields: { retryable: false }, passes: false },
    { what: 'a deadlock', fields: { code: 'CONFLICT' }, passes: true },
    { what: 'a lock or statement timeout', fields: { code: 'TIMEOUT' }, passes: false },
    {
      what: 'a warehouse that asks to come back later',
      fields: { code: 'WAREHOUSE', details: { retryAfterMs: 5 } },
      passes: true,
    },
    { what: 'a statement that somebody cancelled', fields: { code: 'WAREHOUSE' }, passes: false },
    { what: 'a held lease', fields: { code: 'LEASE_HELD' }, passes: false },
    { what: 'an unknown outcome', fields: { code: 'OUTCOME_UNKNOWN' }, passes: false },
    {
      what: 'an unknown outcome of a warehouse that asks to come back later',
      fields: { code: 'OUTCOME_UNKNOWN', details: { retryAfterMs: 5 } },
      passes: false,
    },
  ];
  for (const { what, fields, passes } of CASES) {
    it(`${what}: ${passes ? 'yes' : 'no'}`, () => assert.equal(isPassing(newError(fields)), passes));
  }
  it('an error of nobody we know: no', () => assert.equal(isPassing(new Error('what')), false));
});

describe('the wait before the next attempt', () => {
  const wait = (attempt: number, elapsedMs: number, random: number, error = newError()) =>
    decideWait(POLICY, error, { attempt, elapsedMs, random });

  it('doubles up to its cap', () => {
    assert.deepEqual(
      [1, 2, 3].map((attempt) => wait(attempt, 0, 1)),
      [100, 200, 300],
    );
  });

  it('is anything from nothing to that', () => {
    assert.deepEqual(
      [0, 0.25, 1].map((random) => wait(2, 0, random)),
      [0, 50, 200],
    );
  });

  it('is at least what the warehouse asks for', () => {
    assert.equal(wait(1, 0, 0, newError({ details: { retryAfterMs: 2500 } })), 2500);
  });

  it('ends with the attempts and with the time', () => {
    assert.equal(wait(4, 0, 0), null);
    assert.equal(wait(1, 9950, 1), null);
    assert.equal(wait(1, 0, 0, newError({ details: { retryAfterMs: 10_001 } })), null);
  });

  it('never leads past the time, whatever the policy', () => {
    fc.assert(
      fc.property(
        fc.record({
          attempts: fc.integer({ min: 1, max: 20 }),
          baseMs: fc.integer({ min: 0, max: 10_000 }),
          capMs: fc.integer({ min: 0, max: 10_000 }),
          totalMs: fc.integer({ min: 0, max: 60_000 }),
        }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 0, max: 70_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (policy, attempt, elapsedMs, random) => {
          const waitMs = decideWait(policy, newError(), { attempt, elapsedMs, random });
          if (waitMs === null) return;
          assert.ok(attempt < policy.attempts);
          assert.ok(waitMs >= 0 && waitMs <= policy.capMs);
          assert.ok(elapsedMs + waitMs <= policy.totalMs + 0.5);
        },
      ),
    );
  });
});

describe('work that is done again', () => {
  const options = (tools: RetryTools, signal = new AbortController().signal) => ({
    policy: POLICY,
    signal,
    tools,
  });

  it('succeeds where a later attempt does, and tells of each that did not', async () => {
    const tools = newTools();
    const told: unknown[] = [];
    let calls = 0;
    const work = async () => {
      if (++calls < 3) throw newError();
      return 'done';
    };
    const onRetry = ({ attempt, waitMs }: { attempt: number; waitMs: number }) =>
      void told.push([attempt, waitMs]);
    assert.equal(await retrying(work, { ...options(tools), onRetry }), 'done');
    assert.deepEqual(told, [
      [1, 100],
      [2, 200],
    ]);
    assert.deepEqual(tools.waits, [100, 200]);
  });

  it('fails after its attempts with how many there were, and nobody else tries again', async () => {
    const work = async () => {
      throw newError({ hint: 'Look there.' });
    };
    await assert.rejects(retrying(work, options(newTools())), (error: ScoringError) => {
      assert.equal(error.message, 'it broke (4 attempts in 0.6 s)');
      assert.deepEqual([error.code, error.retryable, error.hint], ['CONNECTION', false, 'Look there.']);
      return true;
    });
  });

  it('fails at once where nothing will pass', async () => {
    const tools = newTools();
    const error = newError({ code: 'OUTCOME_UNKNOWN' });
    await assert.rejects(
      retrying(async () => {
        throw error;
      }, options(tools)),
      (thrown) => thrown === error,
    );
    assert.deepEqual(tools.waits, []);
  });

  it('ends with its signal, in the middle of a wait too', async () => {
    const stop = new AbortController();
    let calls = 0;
    const tools = { ...newTools(), sleep: async () => stop.abort() };
    const work = async () => {
      calls++;
      throw newError();
    };
    await assert.rejects(retrying(work, options(tools, stop.signal)), {
      code: 'CONNECTION',
      retryable: false,
    });
    assert.equal(calls, 1);
  });

  it('waits by the clock of the machine where no other is given', async () => {
    const policy = { ...POLICY, baseMs: 1, capMs: 1 };
    let calls = 0;
    const work = async () => {
      if (++calls < 2) throw newError();
    };
    await retrying(work, { policy, signal: new AbortController().signal });
    assert.equal(calls, 2);
  });
});
