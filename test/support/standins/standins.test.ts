import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBigquery } from './bigquery.js';
import { Standin } from './server.js';
import { startSnowflake } from './snowflake.js';

for (const [name, start] of [
  ['snowflake', startSnowflake],
  ['bigquery', startBigquery],
] as const) {
  test(`the stand-in of ${name} is up until it is let go`, async () => {
    const standin = await start();
    assert.ok(standin instanceof Standin, 'missing' in standin ? standin.missing : '');
    const url = `http://127.0.0.1:${standin.ports[0]}/`;
    assert.ok((await fetch(url)).status > 0);
    await standin[Symbol.asyncDispose]();
    await assert.rejects(fetch(url));
  });
}
