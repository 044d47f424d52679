import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { snowflakeConfigSchema, type WrittenSnowflakeConfig } from '../../../adapters/snowflake/config.js';
import { toDriverOptions } from '../../../adapters/snowflake/connect.js';
import { resolveSettings } from '../../../adapters/snowflake/settings.js';
import { isScoringError } from '../../../src/contract/index.js';
import { makeFolder } from '../../support/project.js';

const CANARY = 's3cret-canary';
const BASE = { account: 'org-shop', user: 'scorer', database: 'SHOP' };

const resolve = (keys: Partial<WrittenSnowflakeConfig>) =>
  resolveSettings(snowflakeConfigSchema.parse({ ...BASE, ...keys }));

describe('the ways to sign in', () => {
  for (const { keys, way } of [
    { keys: { private_key_path: 'key.p8' }, way: 'key pair' },
    { keys: { private_key_path: 'key.p8', private_key_passphrase: CANARY }, way: 'key pair' },
    { keys: { password: CANARY }, way: 'password' },
    { keys: { authenticator: 'oauth', token: CANARY }, way: 'oauth' },
    { keys: { authenticator: 'programmatic_access_token', token: CANARY }, way: 'programmatic_access_token' },
    { keys: { authenticator: 'externalbrowser' }, way: 'externalbrowser' },
    {
      keys: { authenticator: 'workload_identity', workload_identity_provider: 'AWS' },
      way: 'workload_identity',
    },
    {
      keys: { authenticator: 'workload_identity', workload_identity_provider: 'OIDC', token: CANARY },
      way: 'workload_identity',
    },
  ] as const) {
    it(`${Object.keys(keys).join(' and ')} are ${way}`, () => {
      const settings = resolve(keys);
      assert.equal(settings.signIn.way, way);
      assert.ok(!JSON.stringify(settings).includes(CANARY));
    });
  }
});

describe('keys that do not go together', () => {
  for (const { keys, says } of [
    { keys: {}, says: /no way to sign in/ },
    { keys: { password: CANARY, private_key_path: 'key.p8' }, says: /several ways/ },
    { keys: { password: CANARY, authenticator: 'externalbrowser' }, says: /several ways/ },
    { keys: { token: CANARY }, says: /token needs `authenticator`/ },
    { keys: { authenticator: 'oauth' }, says: /oauth needs a token/ },
    { keys: { authenticator: 'externalbrowser', token: CANARY }, says: /takes no token/ },
    { keys: { authenticator: 'workload_identity' }, says: /needs workload_identity_provider/ },
    {
      keys: { authenticator: 'workload_identity', workload_identity_provider: 'OIDC' },
      says: /OIDC needs a token/,
    },
    {
      keys: { authenticator: 'workload_identity', workload_identity_provider: 'AWS', token: CANARY },
      says: /AWS takes no token/,
    },
    { keys: { password: CANARY, private_key_passphrase: CANARY }, says: /without private_key_path/ },
    { keys: { password: CANARY, workload_identity_provider: 'AWS' }, says: /without its authenticator/ },
    { keys: { password: CANARY, account: 'org-shop.snowflakecomputing.com' }, says: /account is an address/ },
    { keys: { password: CANARY, account: 'https://org-shop' }, says: /account is an address/ },
    { keys: { password: CANARY, user: undefined }, says: /user is missing/ },
    { keys: { password: CANARY, port: 8080 }, says: /need `host`/ },
    { keys: { password: CANARY, host: 'a/b' }, says: /no host name/ },
  ] as const) {
    it(String(says), () => {
      assert.throws(
        () => resolve(keys as Partial<WrittenSnowflakeConfig>),
        (error) => {
          assert.ok(isScoringError(error));
          assert.equal(error.code, 'CONFIG_INVALID');
          assert.match(error.message, says);
          assert.ok(error.hint !== undefined);
          assert.ok(!JSON.stringify([error.message, error.hint]).includes(CANARY));
          return true;
        },
      );
    });
  }
});

describe('what the driver is told', () => {
  it('has times in its own units, and a host of its own', () => {
    const settings = resolve({
      password: CANARY,
      statement_timeout: '30 min',
      network_timeout: 5,
      host: 'h.example',
      port: 8443,
    });
    assert.deepEqual(
      [settings.statementTimeout, settings.networkTimeoutMs, settings.url?.href],
      [1800, 5000, 'https://h.example:8443/'],
    );
  });

  it('is the key itself, without its passphrase', async (t) => {
    const folder = makeFolder(t);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const locked = privateKey.export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: CANARY,
    });
    writeFileSync(join(folder, 'key.p8'), locked);
    const open = { private_key_path: 'key.p8', private_key_passphrase: CANARY };
    const options = await toDriverOptions(resolve(open), folder);
    assert.equal(options.privateKey, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    assert.equal(options.authenticator, 'SNOWFLAKE_JWT');
    for (const [keys, says] of [
      [{ private_key_path: 'key.p8' }, /holds no private key that can be opened/],
      [
        { private_key_path: 'key.p8', private_key_passphrase: 'wrong' },
        /holds no private key that can be opened/,
      ],
      [{ private_key_path: 'no_such_key.p8' }, /cannot be read.*ENOENT/],
    ] as const) {
      await assert.rejects(toDriverOptions(resolve(keys), folder), { code: 'CONFIG_INVALID', message: says });
    }
  });
});
