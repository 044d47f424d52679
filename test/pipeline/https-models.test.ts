import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Network } from '../../src/model/http/network.js';
import { json, querySql, type TempDir } from '../support/cli-harness.js';
import { fixtureFile } from '../support/fixtures.js';
import { HOST, type ModelServer, serve, startModelServer } from '../support/model-server.js';
import * as onnx from '../support/onnx-file.js';
import { DATABASE, makePenguins, PROJECT, renderTarget } from '../support/penguins.js';

const FOREST = readFileSync(fixtureFile('forest', 'model.onnx'));
const SHA256 = createHash('sha256').update(FOREST).digest('hex');
const SIGNED = '/forest.onnx?signature=s3cret';
const URI = `https://${HOST}${SIGNED}`;

const OFFLINE: Network['resolve'] = async () => {
  throw Object.assign(new Error('offline'), { code: 'EAI_AGAIN' });
};

/** The penguins' project, whose model has these keys. */
function makeProject(model: string, hosts = HOST): Promise<TempDir> {
  return makePenguins({
    target: { model },
    files: { 'scorehouse.yml': `${PROJECT}model_hosts: [${hosts}]\n`, 'models/forest.onnx': '' },
  });
}

/** Runs a command that keeps models in the project's folder. */
function run(
  project: TempDir,
  { network }: ModelServer,
  argv: readonly string[],
  replaced: Partial<Network> = {},
) {
  const env = { XDG_CACHE_HOME: project.path('cache') };
  return project.run(argv, { env, network: { ...network, ...replaced } });
}

describe('a target whose model is on a server', () => {
  it('is run as one whose model is a file', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject(`{ uri: "${URI}" }`);
    const result = await run(project, server, ['run']);
    assert.equal(result.exitCode, 0, result.text);
    assert.deepEqual(server.asked, [SIGNED]);
    await using other = await makePenguins();
    assert.equal((await other.run(['run'])).exitCode, 0);
    const look = 'select id, label, p0, _model_version from predictions.species order by id';
    const rows = await querySql(project.path(DATABASE), look);
    assert.equal(rows[0]?.[3], SHA256.slice(0, 12));
    assert.deepEqual(rows, await querySql(other.path(DATABASE), look));
  });

  it('shows no signature, anywhere', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject(`{ uri: "${URI}" }`);
    for (const argv of [['check'], ['plan'], ['plan', '--json'], ['run', '--json'], ['status', '--json']]) {
      const { exitCode, text } = await run(project, server, argv);
      assert.equal(exitCode, 0, text);
      assert.doesNotMatch(text, /s3cret/);
    }
    const { text } = await run(project, server, ['check'], { resolve: OFFLINE });
    assert.match(text, /model https:\/\/localhost\/forest\.onnx\?\*\*\*: cannot be fetched/);
    const [[dumped] = []] = await querySql(
      project.path(DATABASE),
      "select count(*) from scorehouse.run_log r where cast(r as varchar) like '%s3cret%'",
    );
    assert.equal(String(dumped), '0');
  });

  it('is run without a network where its model is pinned and was fetched once', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject(`{ uri: "${URI}", sha256: "${SHA256}" }`);
    const checked = await run(project, server, ['check']);
    assert.equal(checked.exitCode, 0, checked.text);
    const result = await run(project, server, ['run'], { resolve: OFFLINE });
    assert.equal(result.exitCode, 0, result.text);
    assert.equal(server.asked.length, 1);
  });

  it('fails without a network where its model has no pin, and says what would help', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject(`{ uri: "${URI}" }`);
    const result = await run(project, server, ['run'], { resolve: OFFLINE });
    assert.equal(result.exitCode, 1, result.text);
    assert.match(result.text, /no address is known of localhost \(EAI_AGAIN\)/);
    assert.match(result.text, /next: .*A model whose sha256 is pinned needs it only once/);
  });

  it('is refused where the pin is of another, and nothing is kept', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject(`{ uri: "${URI}", sha256: "${'0'.repeat(64)}" }`);
    const result = await run(project, server, ['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /its sha256 is [0-9a-f]{64}, the target pins 0+/);
    assert.deepEqual(readdirSync(project.path('cache', 'scorehouse', 'models')), []);
  });

  it('is refused where its host is not listed, before anything is asked', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject(`{ uri: "${URI}" }`, 'models.example.com');
    const result = await run(project, server, ['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /\(expected localhost in model_hosts of scorehouse\.yml too\)/);
    assert.deepEqual(server.connected, []);
  });

  it('asks once for a model of several targets, and fetches each of several models', async () => {
    await using server = await startModelServer(serve({ '/a.onnx': FOREST, '/b.onnx': FOREST }));
    const models = `[{ name: a, uri: "https://${HOST}/a.onnx" }, { name: b, uri: "https://${HOST}/b.onnx" }]`;
    await using project = await makeProject(`{ uri: "https://${HOST}/a.onnx" }`);
    const both = renderTarget({ name: 'both', model: null, models });
    await project.write({ 'targets/both.yml': both });
    const result = await run(project, server, ['run']);
    assert.equal(result.exitCode, 0, result.text);
    assert.deepEqual([...server.asked].sort(), ['/a.onnx', '/b.onnx']);
  });

  it('is refused where the model wants files beside it', async () => {
    const graph = onnx.graph({
      nodes: [onnx.node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
      initializers: [onnx.tensor({ name: 'w', dims: [4], external: { location: 'w.bin' } })],
      inputs: [onnx.value('x', 1, ['N', 4])],
      outputs: [onnx.value('y', 1, ['N', 4])],
    });
    await using server = await startModelServer(serve({ '/a.onnx': onnx.model({ graph }) }));
    await using project = await makeProject(`{ uri: "https://${HOST}/a.onnx" }`);
    for (const argv of [
      ['check'],
      ['model', 'inspect', `https://${HOST}/a.onnx`],
      ['model', 'lint', `https://${HOST}/a.onnx`],
    ]) {
      const result = await run(project, server, argv);
      assert.equal(result.exitCode, 2, result.text);
      assert.match(
        result.text,
        /kept in another file, "w\.bin", and there are none beside a model from https/,
      );
    }
  });
});

describe('a model on a server', () => {
  it('is inspected and linted', async () => {
    await using server = await startModelServer(serve({ [SIGNED]: FOREST }));
    await using project = await makeProject('{ uri: models/forest.onnx }');
    const inspected = await run(project, server, ['model', 'inspect', URI, '--json']);
    assert.equal(inspected.exitCode, 0, inspected.text);
    assert.equal(json(inspected).sha256, SHA256);
    assert.equal(json(inspected).file, `https://${HOST}/forest.onnx?***`);
    const linted = await run(project, server, ['model', 'lint', URI]);
    assert.equal(linted.exitCode, 0, linted.text);
    assert.match(linted.text, /^https:\/\/localhost\/forest\.onnx\?\*\*\*: 2 warnings/);
  });

  it('gives a target', async () => {
    await using server = await startModelServer(serve({ '/forest.onnx': FOREST }));
    await using project = await makeProject('{ uri: models/forest.onnx }');
    const address = `https://${HOST}/forest.onnx`;
    const result = await run(project, server, ['init', '--model', address, '--table', 'main.penguins']);
    assert.equal(result.exitCode, 0, result.text);
    assert.match(
      readFileSync(project.path('targets', 'forest.yml'), 'utf8'),
      /uri: "?https:\/\/localhost\/forest\.onnx/,
    );
  });

  for (const [argument, says] of [
    ['http://localhost/a.onnx', 'http: is open to whoever is on the way'],
    ['https://u:s3cret@localhost/a.onnx', 'has a user name or a password in it'],
  ] as const) {
    it(`is not taken from ${argument.slice(0, 8)}`, async () => {
      await using server = await startModelServer(serve({}));
      await using project = await makeProject('{ uri: models/forest.onnx }');
      const result = await run(project, server, ['model', 'inspect', argument]);
      assert.equal(result.exitCode, 2, result.text);
      assert.ok(result.text.includes(says), result.text);
      assert.doesNotMatch(result.text, /s3cret/);
      assert.deepEqual(server.connected, []);
    });
  }
});
