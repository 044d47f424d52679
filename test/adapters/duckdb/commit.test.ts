import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder } from '../../support/project.js';

const PROGRAM = fileURLToPath(new URL('../../support/full-disk.js', import.meta.url));

/** What a COMMIT on a full disk came to; null, and the test skipped, where this machine may not mount one. */
async function commitOn(t: TestContext, way: string): Promise<Readonly<Record<string, unknown>> | null> {
  const run = promisify(execFile)('unshare', ['--mount', process.execPath, PROGRAM, makeFolder(t), way]);
  const result = await run.then(
    ({ stdout }) => JSON.parse(stdout) as Record<string, unknown> | null,
    (error: Error & { readonly stderr?: string }) => {
      if (/ENOENT|Operation not permitted/.test(`${error.message}${error.stderr}`)) return null;
      throw error;
    },
  );
  if (result === null) t.skip('this process may not mount a small disk: run the tests as root');
  return result;
}

describe('a COMMIT that meets a full disk', () => {
  it('in its log is a failure: nothing is there, and the database goes on', async (t) => {
    const result = await commitOn(t, 'log');
    if (result === null) return;
    assert.deepEqual([result.code, result.seen, result.there], ['DISK_FULL', '0', '0']);
  });

  it('in a checkpoint is an outcome that nobody knows before the file is opened again: exit code 5', async (t) => {
    const result = await commitOn(t, 'checkpoint');
    if (result === null) return;
    assert.deepEqual([result.code, result.seen], ['OUTCOME_UNKNOWN', null]);
    assert.match(
      String(result.message),
      /^commit: FATAL Error: .*No space left on device.*; only a fresh look/s,
    );
    assert.match(String(result.there), /^(0|20000)$/);
  });
});
