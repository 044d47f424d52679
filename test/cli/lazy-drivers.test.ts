import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTempDir } from '../support/cli-harness.js';

const BUNDLE = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));

/** Tells at the end which packages of node_modules were loaded. */
const TELL = `import { Module } from 'node:module';
process.on('exit', () => {
  const packages = Object.keys(Module._cache).flatMap((file) => file.match(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/g) ?? []);
  process.stderr.write('LOADED ' + JSON.stringify([...new Set(packages)]) + '\\n');
});`;

/** Drivers of warehouses, by the packages that any use of them loads. */
const DRIVERS = /snowflake-sdk|@google-cloud|google-auth-library|@uwdata|google-gax/;

async function loadedBy(cwd: string, ...argv: readonly string[]): Promise<string> {
  const preload = `data:text/javascript,${encodeURIComponent(TELL)}`;
  const run = promisify(execFile)(process.execPath, ['--import', preload, BUNDLE, ...argv], { cwd });
  const { stderr } = await run.catch((error: { readonly stderr: string }) => error);
  const line = /^LOADED (.*)$/m.exec(stderr)?.[1];
  assert.ok(line !== undefined, stderr);
  return line;
}

test('who uses DuckDB alone loads no driver of another warehouse, and who opens one loads its own', async () => {
  await using folder = await makeTempDir();
  const made = await loadedBy(folder.dir, 'init', '--demo', 'demo');
  assert.match(made, /@duckdb/);
  for (const argv of [['run'], ['plan'], ['status'], ['doctor']]) {
    assert.doesNotMatch(await loadedBy(folder.path('demo'), ...argv), DRIVERS, argv[0]);
  }
  const cloud = {
    type: 'snowflake',
    account: 'a',
    user: 'u',
    password: 'p',
    database: 'D',
    network_timeout: 1,
  };
  const out = { ...cloud, host: '127.0.0.1', port: 9, protocol: 'http' };
  await folder.write({ 'demo/scorehouse.yml': `name: shop\nwarehouses: { sf: ${JSON.stringify(out)} }\n` });
  assert.match(await loadedBy(folder.path('demo'), 'status'), /snowflake-sdk/);
});
