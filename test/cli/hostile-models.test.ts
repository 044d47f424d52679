import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { link, symlink } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dumpWarehouse, type TempDir } from '../support/cli-harness.js';
import { BOMBS, HOSTILE_MODELS } from '../support/hostile-models.js';
import { DATABASE, makePenguins } from '../support/penguins.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const FILE = 'models/hostile.onnx';

/** What the file that no model may read says: as text, and as the four floats that it would be. */
const CANARY = 'canary-0123456789';
const FLOATS = new Float32Array(new Uint8Array(Buffer.from(CANARY.slice(0, 16))).buffer);
const SECRETS = [CANARY.slice(0, 16), ...[...FLOATS].map((float) => float.toPrecision(5))];

/** Far more than any of the models needs, far less than a bomb would take. */
const HEAP_MB = 160;

async function makeProject(bytes: (outside: string) => Uint8Array): Promise<TempDir> {
  const model = `{ uri: ${FILE}, external_data: true }`;
  const project = await makePenguins({
    target: { model, outputs: null },
    files: { 'outside/canary.bin': CANARY, 'models/real/weights.bin': new Uint8Array(16) },
  });
  const outside = project.path('outside/canary.bin');
  await symlink(outside, project.path('models/link.bin'));
  await symlink(project.path('outside'), project.path('models/linked'));
  await link(outside, project.path('models/hard.bin'));
  await project.write({ [FILE]: bytes(outside) });
  return project;
}

function assertSecret(text: string): void {
  for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} is in: ${text}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys must not come through
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f]/);
}

describe('a hostile model', () => {
  for (const { what, make, says } of [...HOSTILE_MODELS, ...BOMBS]) {
    it(`with ${what} is refused by run and by lint`, async () => {
      await using project = await makeProject(make);
      const before = await dumpWarehouse(project.path(DATABASE));

      const run = await project.run(['run']);
      assert.equal(run.exitCode, 2, run.text);
      assert.match(run.text, says);
      assert.match(run.text, /MODEL_INVALID/);
      assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);

      const lint = await project.run(['model', 'lint', FILE]);
      assert.equal(lint.exitCode, 2, lint.text);
      assert.match(lint.text, says);
      assertSecret(run.text + lint.text);
    });
  }
});

describe('a model that would become large', () => {
  for (const { what, make, says } of BOMBS) {
    it(`with ${what} is refused in little memory`, async () => {
      await using project = await makeProject(make);
      const lint = spawnSync(
        process.execPath,
        [`--max-old-space-size=${HEAP_MB}`, MAIN, 'model', 'lint', FILE],
        { cwd: project.dir, encoding: 'utf8' },
      );
      assert.equal(lint.status, 2, lint.stdout + lint.stderr);
      assert.match(lint.stdout, says);
    });
  }
});
