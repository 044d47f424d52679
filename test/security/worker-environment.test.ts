import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import { WorkerHandle } from '../../src/score/worker-handle.js';
import { withEnvironment } from '../support/environment.js';

const CANARY = 'canary-4711';

/** The process ids of this process's children. */
function listChildren(): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && readFileSync(`/proc/${name}/status`, 'utf8').includes(`PPid:\t${process.pid}\n`)
      );
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

const skip = process.platform === 'linux' ? false : 'reads /proc';

it('a score worker has nothing of the environment but where libraries are', { skip }, async (t) => {
  t.after(
    withEnvironment({ DATABASE_URL: `postgres://u:${CANARY}@h/d`, PGPASSWORD: CANARY, AWS_SECRET: CANARY }),
  );
  const before = listChildren();
  const worker = new WorkerHandle();
  t.after(() => worker.close());
  const [child] = listChildren().filter((id) => !before.includes(id));
  assert.ok(child, 'no child process');
  const environment = readFileSync(`/proc/${child}/environ`, 'utf8').split('\0').filter(Boolean);
  assert.doesNotMatch(environment.join('\n'), new RegExp(CANARY));
  const names = environment.map((entry) => entry.split('=')[0]);
  const expected = ['PATH', 'LD_LIBRARY_PATH', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'];
  assert.deepEqual(
    names.filter((name) => !expected.includes(String(name))),
    [],
  );
});
