import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigqueryConfigSchema, toMilliseconds } from '../../../adapters/bigquery/config.js';
import { bigquery } from '../../../adapters/bigquery/index.js';
import { exitCodeOf, isScoringError } from '../../../src/contract/index.js';
import { NEVER } from '../../support/duckdb.js';

const parse = (own: Readonly<Record<string, unknown>>) =>
  bigqueryConfigSchema.safeParse({ project: 'shop', ...own });

for (const [what, own] of Object.entries({
  'a project alone': {},
  'a location': { location: 'europe-west3' },
  'a service account to act as': { impersonate: 'scorer@shop.iam.gserviceaccount.com' },
  'a private endpoint': {
    api_endpoint: 'https://bigquery-vpc.p.googleapis.com',
    storage_endpoint: 'bigquerystorage-vpc.p.googleapis.com',
  },
  'an endpoint of this machine': {
    api_endpoint: 'http://127.0.0.1:9050',
    storage_endpoint: 'localhost:9060',
  },
  limits: { job_timeout: '30 min', maximum_bytes_billed: '1000000000' },
})) {
  test(`${what} is taken`, () => {
    assert.equal(parse(own).error, undefined);
  });
}

for (const [what, own] of Object.entries({
  'a token in the clear to another machine': { api_endpoint: 'http://example.com' },
  'a machine that only looks like this one': { api_endpoint: 'http://127.0.0.1.example.com' },
  'a password in an endpoint': { api_endpoint: 'https://user:secret@example.com' },
  'an endpoint that is no URL': { api_endpoint: 'bigquery' },
  'a URL for the bulk reads': { storage_endpoint: 'https://example.com' },
  'an account that is no address': { impersonate: 'scorer' },
  'a time without a unit': { job_timeout: '30' },
  'no bytes': { maximum_bytes_billed: 0 },
  'a location with a blank': { location: 'EU ' },
  'an empty project': { project: '' },
  'a key of another warehouse': { account: 'x' },
})) {
  test(`${what} is refused`, () => {
    assert.ok(!parse(own).success);
  });
}

test('times are counted in milliseconds', () => {
  assert.deepEqual(['250 ms', '30s', '5 min', '2 h'].map(toMilliseconds), [250, 30_000, 300_000, 7_200_000]);
});

const CONTEXT = { projectDir: '/nowhere', write: true, lockWaitMs: 0, memoryBytes: 0, cores: 1 };

test('a key file that is not there is told with its path: exit code 2', async () => {
  const config = bigqueryConfigSchema.parse({ project: 'shop', key_file: 'key.json' });
  const error = await bigquery.open(config, CONTEXT, NEVER).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isScoringError(error));
  assert.equal(exitCodeOf(error), 2);
  assert.match(error.message, /\/nowhere\/key\.json/);
});
