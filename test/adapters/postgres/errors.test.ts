import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { toCallError, toWarehouseError } from '../../../adapters/postgres/errors.js';
import { exitCodeOf, type Stage } from '../../../src/contract/index.js';

const CANARY = 's3cret';

/** An error as the driver makes it of the server's message. */
function serverError(code: string, message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { code, severity: 'ERROR', ...fields });
}

/** An error of Node's own. */
function nodeError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

const word = (error: unknown, stage: Stage = 'publish') =>
  toWarehouseError(error, { stage, statement: 'x', user: 'bob' });

describe('what the server says', () => {
  for (const { state, says = '', stage, code, exit, retryable = false, hint } of [
    { state: '40001', code: 'CONFLICT', exit: 1, retryable: true },
    { state: '40P01', code: 'CONFLICT', exit: 1, retryable: true },
    { state: '55P03', code: 'TIMEOUT', exit: 1, retryable: true },
    {
      state: '57014',
      says: 'canceling statement due to statement timeout',
      code: 'TIMEOUT',
      exit: 1,
      retryable: true,
      hint: /statement_timeout/,
    },
    {
      state: '57014',
      says: 'canceling statement due to user request',
      code: 'WAREHOUSE',
      exit: 1,
      retryable: true,
    },
    { state: '23505', code: 'CONSTRAINT', exit: 1 },
    { state: '23502', code: 'CONSTRAINT', exit: 1 },
    { state: '23P01', code: 'CONSTRAINT', exit: 1 },
    { state: '25006', code: 'PERMISSION', exit: 6, hint: /replica/ },
    { state: '25006', stage: 'plan', code: 'SOURCE_INVALID', exit: 2 },
    { state: '53100', code: 'DISK_FULL', exit: 1 },
    { state: '58030', says: 'could not write block 1: No space left on device', code: 'DISK_FULL', exit: 1 },
    { state: '58030', says: 'could not read block 1: Input/output error', code: 'WAREHOUSE', exit: 1 },
    { state: '53200', code: 'WAREHOUSE', exit: 1 },
    { state: '53300', stage: 'connect', code: 'CONNECTION', exit: 1, retryable: true },
    { state: '57P01', code: 'CONNECTION', exit: 1, retryable: true },
    { state: '57P03', stage: 'connect', code: 'CONNECTION', exit: 1, retryable: true },
    { state: '08006', code: 'CONNECTION', exit: 1, retryable: true },
    { state: '28P01', stage: 'connect', code: 'PERMISSION', exit: 6 },
    { state: '28000', stage: 'connect', code: 'PERMISSION', exit: 6 },
    { state: '3D000', stage: 'connect', code: 'ENVIRONMENT', exit: 6 },
    { state: '42P01', stage: 'plan', code: 'SOURCE_INVALID', exit: 2 },
    { state: '42703', stage: 'plan', code: 'SOURCE_INVALID', exit: 2 },
    { state: '42601', stage: 'plan', code: 'SOURCE_INVALID', exit: 2 },
    { state: '42P01', stage: 'stage', code: 'WAREHOUSE', exit: 1 },
    { state: '22P02', stage: 'extract', code: 'WAREHOUSE', exit: 1 },
    { state: 'XX000', code: 'WAREHOUSE', exit: 1 },
    {
      state: '42501',
      says: 'permission denied for table My Table',
      stage: 'plan',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT SELECT ON TABLE "My Table" TO "bob";$/,
    },
    {
      state: '42501',
      says: 'permission denied for view v',
      stage: 'extract',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT SELECT ON TABLE "v" TO "bob";$/,
    },
    {
      state: '42501',
      says: 'permission denied for schema s',
      stage: 'plan',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT USAGE ON SCHEMA "s" TO "bob";$/,
    },
    {
      state: '42501',
      says: 'permission denied for schema s',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT USAGE, CREATE ON SCHEMA "s" TO "bob";$/,
    },
    {
      state: '42501',
      says: 'permission denied for database d',
      code: 'PERMISSION',
      exit: 6,
      hint: /^GRANT CONNECT, CREATE ON DATABASE "d" TO "bob";$/,
    },
    {
      state: '42501',
      says: 'must be owner of table t',
      code: 'PERMISSION',
      exit: 6,
      hint: /ALTER TABLE "t" OWNER TO/,
    },
  ] as readonly {
    state: string;
    says?: string;
    stage?: Stage;
    code: string;
    exit: number;
    retryable?: boolean;
    hint?: RegExp;
  }[]) {
    it(`${state} ${says} ${stage ?? ''} is ${code}, exit code ${exit}`, () => {
      const error = word(serverError(state, says), stage);
      assert.equal(error.code, code);
      assert.equal(exitCodeOf(error), exit);
      assert.equal(error.retryable, retryable);
      if (hint !== undefined) assert.match(error.hint ?? '', hint);
    });
  }

  for (const [state, says] of [
    ['22P02', `invalid input syntax for type integer: "${CANARY}"`],
    ['22P02', `invalid input value for enum mood: "a " ${CANARY} "b"`],
    ['22003', `value "${CANARY}" is out of range for type integer`],
    ['22007', `invalid input syntax for type date: "\n${CANARY}"`],
    ['P0001', `no customer "${CANARY}"`],
  ] as const) {
    it(`${state} shows no value`, () => {
      const native = serverError(state, says, {
        detail: `Key (id)=(${CANARY}) already exists.`,
        where: `COPY t, line 1, column id: "${CANARY}"`,
        internalQuery: CANARY,
      });
      const error = word(native, 'stage');
      const cause = error.cause as Error;
      const shown = `${error.message} ${cause.message} ${JSON.stringify(cause)} ${JSON.stringify(error.details)}`;
      assert.doesNotMatch(shown, new RegExp(CANARY));
      assert.deepEqual(error.details, { statement: 'x', sqlState: state });
    });
  }
});

describe('what Node and the driver say', () => {
  for (const [native, code, exit] of [
    [nodeError('ECONNREFUSED'), 'CONNECTION', 1],
    [nodeError('ENOTFOUND'), 'CONNECTION', 1],
    [nodeError('EAI_AGAIN'), 'CONNECTION', 1],
    [nodeError('ECONNRESET'), 'CONNECTION', 1],
    [nodeError('ENOENT'), 'CONNECTION', 1],
    [new AggregateError([nodeError('ECONNREFUSED')], ''), 'CONNECTION', 1],
    [new Error('Connection terminated unexpectedly'), 'CONNECTION', 1],
    [new Error('timeout expired'), 'CONNECTION', 1],
    [new Error('Client has encountered a connection error and is not queryable'), 'CONNECTION', 1],
    [new Error('The server does not support SSL connections'), 'ENVIRONMENT', 6],
    [nodeError('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'), 'ENVIRONMENT', 6],
    [nodeError('SELF_SIGNED_CERT_IN_CHAIN'), 'ENVIRONMENT', 6],
    [nodeError('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'ENVIRONMENT', 6],
    [nodeError('CERT_HAS_EXPIRED'), 'ENVIRONMENT', 6],
    [nodeError('ERR_TLS_CERT_ALTNAME_INVALID'), 'ENVIRONMENT', 6],
    [nodeError('EPROTO', 'write EPROTO ssl3_get_record:wrong version number'), 'ENVIRONMENT', 6],
    [new TypeError('x is not a function'), 'WAREHOUSE', 1],
  ] as const) {
    it(`${(native as { code?: string }).code ?? native.message} is ${code}`, () => {
      const error = word(native, 'connect');
      assert.equal(error.code, code);
      assert.equal(exitCodeOf(error), exit);
    });
  }
});

test('an aborted call is interrupted, whatever the server said last', () => {
  const signal = AbortSignal.abort();
  const error = toCallError(serverError('57014', 'x'), signal, {
    stage: 'extract',
    statement: 'x',
    user: 'bob',
  });
  assert.equal(error.code, 'INTERRUPTED');
});
