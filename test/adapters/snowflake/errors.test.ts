import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { toCallError, toWarehouseError } from '../../../adapters/snowflake/errors.js';
import { exitCodeOf, type Stage } from '../../../src/contract/index.js';

const CANARY = 's3cret';

/** An error as the driver makes it of the server's answer. */
function serverError(code: string, sqlState: string, message: string): Error {
  return Object.assign(new Error(message), {
    name: 'OperationFailedError',
    code,
    sqlState,
    data: { errorCode: code, sqlState, sqlText: CANARY },
  });
}

/** The driver's own, over a network that failed or a server that answered otherwise. */
function driverError(code: number, fields: object): Error {
  return Object.assign(new Error(String((fields as { message?: string }).message ?? '')), {
    code,
    ...fields,
  });
}

const word = (error: unknown, stage: Stage = 'publish') =>
  toWarehouseError(error, { stage, statement: 'x', role: 'SCORER' });

describe('what the server says', () => {
  for (const { number, state, says = '', stage, code, exit, retryable = false, hint } of [
    {
      number: '000604',
      state: '57014',
      says: 'SQL execution canceled',
      code: 'WAREHOUSE',
      exit: 1,
      retryable: true,
    },
    {
      number: '000606',
      state: '57P03',
      says: 'No active warehouse selected in the current session.',
      code: 'ENVIRONMENT',
      exit: 6,
      hint: /AUTO_RESUME/,
    },
    {
      number: '000625',
      state: '57014',
      says: "Statement '01' has locked table 'T' in transaction 1 and this lock has not yet been released.",
      code: 'CONFLICT',
      exit: 1,
      retryable: true,
    },
    {
      number: '000630',
      state: '57014',
      says: 'Statement reached its statement or warehouse timeout of 10 second(s) and was canceled.',
      code: 'TIMEOUT',
      exit: 1,
      retryable: true,
      hint: /statement_timeout/,
    },
    {
      number: '090073',
      state: '22000',
      says: "Warehouse 'W' cannot be resumed because resource monitor 'M' has exceeded its quota.",
      code: 'WAREHOUSE',
      exit: 1,
      hint: /resource monitor/,
    },
    {
      number: '002003',
      state: '42S02',
      says: "SQL compilation error:\nObject 'T' does not exist or not authorized.",
      stage: 'plan',
      code: 'SOURCE_INVALID',
      exit: 2,
      hint: /does not tell a missing object from a missing right/,
    },
    {
      number: '002003',
      state: '42S02',
      says: "Object 'T' does not exist",
      stage: 'gate',
      code: 'WAREHOUSE',
      exit: 1,
    },
    {
      number: '003001',
      state: '42501',
      says: "SQL access control error:\nInsufficient privileges to operate on schema 'PREDICTIONS'",
      stage: 'stage',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT USAGE, CREATE TABLE, CREATE VIEW ON SCHEMA PREDICTIONS TO ROLE SCORER;$/,
    },
    {
      number: '003001',
      state: '42501',
      says: "Insufficient privileges to operate on table 'odd name'",
      stage: 'extract',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT SELECT ON TABLE "odd name" TO ROLE SCORER;$/,
    },
    {
      number: '100072',
      state: '22000',
      says: 'NULL result in a non-nullable column',
      code: 'CONSTRAINT',
      exit: 1,
    },
    {
      number: '000904',
      state: '42000',
      says: "invalid identifier 'X'",
      stage: 'plan',
      code: 'SOURCE_INVALID',
      exit: 2,
    },
    {
      number: '000008',
      state: '0A000',
      says: 'Actual statement count 2',
      stage: 'plan',
      code: 'SOURCE_INVALID',
      exit: 2,
    },
    {
      number: '390114',
      state: '08001',
      says: 'Authentication token has expired.',
      code: 'CONNECTION',
      exit: 1,
      retryable: true,
    },
    {
      number: '394400',
      state: '08001',
      says: 'Programmatic access token is invalid.',
      stage: 'connect',
      code: 'PERMISSION',
      exit: 6,
    },
    {
      number: '999999',
      state: 'XX000',
      says: 'Processing aborted by error 300002',
      code: 'WAREHOUSE',
      exit: 1,
    },
  ] as const satisfies readonly object[] as readonly {
    number: string;
    state: string;
    says?: string;
    stage?: Stage;
    code: string;
    exit: number;
    retryable?: boolean;
    hint?: RegExp;
  }[]) {
    it(`${number} while ${stage ?? 'publish'} is ${code}`, () => {
      const error = word(serverError(number, state, says), stage);
      assert.deepEqual([error.code, error.retryable, exitCodeOf(error)], [code, retryable, exit]);
      assert.equal(error.details.snowflakeCode, number);
      if (hint !== undefined) assert.match(error.hint ?? '', hint);
    });
  }
});

describe('what the driver says', () => {
  it('of a network that failed is a connection to be tried again', () => {
    const error = word(driverError(401001, { cause: { code: 'ECONNRESET', message: 'socket hang up' } }));
    assert.deepEqual([error.code, error.retryable], ['CONNECTION', true]);
  });

  it('of a certificate is the environment', () => {
    const error = word(driverError(401001, { cause: { code: 'CERT_HAS_EXPIRED' } }), 'connect');
    assert.deepEqual([error.code, exitCodeOf(error)], ['ENVIRONMENT', 6]);
  });

  it('of a server that is busy says how long to leave it alone', () => {
    const response = { statusCode: 503, headers: { 'retry-after': '7' } };
    const error = word(driverError(401002, { response }));
    assert.deepEqual([error.code, error.retryable, error.details.retryAfterMs], ['CONNECTION', true, 7000]);
    assert.match(error.message, /answered 503/);
  });
});

describe('values', () => {
  for (const { number, state, says } of [
    { number: '100038', state: '22018', says: `Numeric value '${CANARY}' is not recognized` },
    { number: '100035', state: '22007', says: `Timestamp '${CANARY}' is not recognized` },
    {
      number: '100090',
      state: '42P18',
      says: `Duplicate row detected during DML action\nRow Values: [1, "${CANARY}"]`,
    },
    { number: '100078', state: '22000', says: `String '${CANARY} is too long and would be truncated` },
    { number: '001003', state: '42000', says: `syntax error line 1 at position 7 unexpected ''${CANARY}''.` },
  ]) {
    it(`are not told by ${number}`, () => {
      const error = word(serverError(number, state, says));
      assert.ok(
        !JSON.stringify([error.message, error.hint, error.details, error.cause]).includes(CANARY),
        error.message,
      );
      assert.ok(!String(error.cause).includes(CANARY));
    });
  }

  it('leave the names in the message', () => {
    const error = word(
      serverError('001003', '42000', "syntax error line 1 at position 7 unexpected 'FORM'."),
    );
    assert.equal(error.message, "x: syntax error line 1 at position 7 unexpected 'FORM'");
  });
});

test('an error after an abort is the interruption', () => {
  const place = { stage: 'extract', statement: 'x', role: null } as const;
  const error = toCallError(
    serverError('000604', '57014', 'SQL execution canceled'),
    AbortSignal.abort(),
    place,
  );
  assert.equal(error.code, 'INTERRUPTED');
});
