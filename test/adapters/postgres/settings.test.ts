import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { describe, it, test } from 'node:test';
import { postgresConfigSchema, type WrittenPostgresConfig } from '../../../adapters/postgres/config.js';
import { type ConnectionSettings, resolveSettings } from '../../../adapters/postgres/settings.js';
import { isScoringError } from '../../../src/contract/index.js';

const CANARY = 's3cret';

/** The settings with their password, which they do not show by themselves. */
type Shown = Omit<ConnectionSettings, 'password'> & { readonly password: string | null };

describe('the ways to say where to connect', () => {
  for (const { what, config, expected } of [
    {
      what: 'a whole URL',
      config: { url: 'postgres://scorer:p%40ss%3A%2F@db.example:5433/shop' },
      expected: { host: 'db.example', port: 5433, user: 'scorer', password: 'p@ss:/', database: 'shop' },
    },
    {
      what: 'the other scheme, with defaults',
      config: { url: 'postgresql://db.example' },
      expected: { host: 'db.example', port: 5432, user: userInfo().username, database: userInfo().username },
    },
    {
      what: 'a URL without a host',
      config: { url: 'postgres:///shop?user=scorer' },
      expected: { host: 'localhost', user: 'scorer', database: 'shop' },
    },
    {
      what: 'a URL with a user and no host',
      config: { url: 'postgres://scorer@/shop?host=/run/postgresql' },
      expected: { host: '/run/postgresql', user: 'scorer' },
    },
    {
      what: 'a socket in the place of the host',
      config: { url: 'postgres://scorer@%2Frun%2Fpostgresql:5433/shop' },
      expected: { host: '/run/postgresql', port: 5433 },
    },
    {
      what: 'an address of IPv6',
      config: { url: 'postgres://scorer@[::1]:5433/shop' },
      expected: { host: '::1', port: 5433 },
    },
    {
      what: 'parameters of a URL',
      config: {
        url: 'postgres://h/d?sslmode=verify-full&sslrootcert=a.crt&connect_timeout=3&application_name=my%20app&options=-c%20a%3Db',
      },
      expected: {
        tls: { mode: 'verify-full', rootCert: 'a.crt', cert: null, key: null },
        connectTimeoutMs: 3000,
        applicationName: 'my app',
        options: '-c a=b',
      },
    },
    {
      what: 'keywords',
      config: { host: 'h', port: 1, dbname: 'd', user: 'u', password: 'p', sslmode: 'require' },
      expected: { host: 'h', port: 1, database: 'd', user: 'u', password: 'p' },
    },
    {
      what: 'a URL and keywords, which win',
      config: {
        url: 'postgres://u:p@h/d?sslmode=disable',
        password: 'q',
        sslmode: 'require',
        lock_timeout: '5 s',
      },
      expected: {
        user: 'u',
        password: 'q',
        tls: { mode: 'require', rootCert: null, cert: null, key: null },
        lockTimeout: '5 s',
      },
    },
    { what: 'a database named after its user', config: { user: 'u' }, expected: { database: 'u' } },
    {
      what: 'what is left out',
      config: {},
      expected: {
        host: 'localhost',
        port: 5432,
        password: null,
        connectTimeoutMs: 10_000,
        applicationName: 'scorehouse',
        statementTimeout: null,
        tls: { mode: 'prefer', rootCert: null, cert: null, key: null },
      },
    },
  ] as readonly { what: string; config: WrittenPostgresConfig; expected: Partial<Shown> }[]) {
    it(what, () => {
      const { password, ...settings } = resolveSettings(postgresConfigSchema.parse(config));
      const shown = { ...settings, password: password?.reveal() ?? null };
      for (const [key, value] of Object.entries(expected)) {
        assert.deepEqual(shown[key as keyof Shown], value, key);
      }
    });
  }

  for (const { what, url } of [
    { what: 'another scheme', url: `mysql://u:${CANARY}@h/d` },
    { what: 'a password that is not encoded', url: `postgres://u:a@${CANARY}@h/d` },
    { what: 'several hosts', url: `postgres://u:${CANARY}@a,b/d` },
    { what: 'a port that is none', url: `postgres://u:${CANARY}@h:99999/d` },
    { what: 'a parameter that is not known', url: `postgres://h/d?passwd=${CANARY}` },
    { what: 'a parameter without a name', url: `postgres://h/d?${CANARY}!` },
    { what: 'a mode of TLS that is none', url: `postgres://u:${CANARY}@h/d?sslmode=${CANARY}` },
    { what: 'a % alone', url: `postgres://u:${CANARY}%@h/d` },
  ]) {
    it(`refuses ${what}, and shows nothing of the URL`, () => {
      assert.throws(
        () => resolveSettings(postgresConfigSchema.parse({ url })),
        (error) => {
          assert.ok(isScoringError(error) && error.code === 'CONFIG_INVALID');
          assert.doesNotMatch(
            `${error.stack} ${error.hint} ${JSON.stringify(error.details)}`,
            new RegExp(CANARY),
          );
          return true;
        },
      );
    });
  }
});

test('times are written as Postgres takes them', () => {
  const takes = (statement_timeout: string) => postgresConfigSchema.safeParse({ statement_timeout }).success;
  for (const text of ['5 min', '30s', '0', '1500', '1.5 h', '250 ms']) assert.ok(takes(text), text);
  for (const text of ['', 'soon', '5 minutes', "1'", '-1']) assert.ok(!takes(text), text);
});
