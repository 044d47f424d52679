import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { json, querySql, type TempDir } from '../support/cli-harness.js';
import * as onnx from '../support/onnx-file.js';
import { DATABASE, makePenguins } from '../support/penguins.js';

const FLOAT = 1;
const WEIGHTS = new Uint8Array(Float32Array.of(0, 0.5, 100, 0, 0, 0, 0).buffer);

/** Adds the weights to the four columns: the second to fourth float of the file, at an offset. */
function adding(): Uint8Array {
  const external = { location: 'parts/weights.bin', offset: '4', length: '16' };
  const graph = onnx.graph({
    nodes: [onnx.node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
    initializers: [onnx.tensor({ name: 'w', dims: [4], external })],
    inputs: [onnx.value('x', FLOAT, ['N', 4])],
    outputs: [onnx.value('y', FLOAT, ['N', 4])],
  });
  return onnx.model({ graph });
}

const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
/** Over the model and its files. */
const SHA256 = hash(`${hash(adding())}\n${hash(WEIGHTS)}  parts/weights.bin`);

function makeProject(model: string): Promise<TempDir> {
  return makePenguins({
    target: { model: `{ uri: models/split.onnx${model} }`, outputs: null },
    files: { 'models/split.onnx': adding(), 'models/parts/weights.bin': WEIGHTS },
  });
}

describe('weights in files beside the model', () => {
  const outer = process.env.TMPDIR;
  let own: TempDir;
  before(async () => {
    own = await makePenguins();
    await mkdir(own.path('tmp'));
    process.env.TMPDIR = own.path('tmp');
  });
  after(async () => {
    if (outer === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outer;
    await own[Symbol.asyncDispose]();
  });
  const copies = async () =>
    (await readdir(own.path('tmp'))).filter((name) => name.startsWith('scorehouse-model-'));

  it('are refused unless the target allows them', async () => {
    await using project = await makeProject('');
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /its tensor "w" is kept in another file, "parts\/weights\.bin"/);
    assert.match(result.text, /next: Say external_data: true/);
  });

  it('are read from a copy that is gone afterwards, and are part of the model’s hash', async () => {
    await using project = await makeProject(`, external_data: true, sha256: "${SHA256}"`);
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 0, result.text);
    const rows = await querySql(
      project.path(DATABASE),
      'select y_0, y_1, y_2, y_3, _model_version from predictions.species order by id limit 1',
    );
    assert.deepEqual(rows, [[41.5, 118, 190, 4000, SHA256.slice(0, 12)]]);
    assert.deepEqual(await copies(), []);
  });

  it('are pinned with the model: another file is another model', async () => {
    await using project = await makeProject(`, external_data: true, sha256: "${SHA256}"`);
    await project.write({ 'models/parts/weights.bin': WEIGHTS.map((byte) => byte ^ 1) });
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /its sha256 is [0-9a-f]{64}, the target pins/);
    assert.deepEqual(await copies(), []);
  });

  it('are listed by inspect', async () => {
    await using project = await makeProject('');
    const document = json(await project.run(['model', 'inspect', 'models/split.onnx', '--json']));
    assert.equal(document.sha256, SHA256);
    assert.deepEqual(document.files, [
      { path: 'split.onnx', sha256: hash(adding()), bytes: adding().length },
      { path: 'parts/weights.bin', sha256: hash(WEIGHTS), bytes: WEIGHTS.length },
    ]);
    assert.match(String(document.target), /external_data: true/);
    assert.deepEqual(await copies(), []);
  });
});
