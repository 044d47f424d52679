import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderIssue } from '../../../src/config/issues.js';
import { issuesOf, load, PROJECT, TARGET } from './fixtures.js';

/** A project that lists hosts, and a target whose model has these keys. */
function files(model: string, hosts = '[models.example.com, "*.corp.example", h.example:8443]') {
  return {
    project: `${PROJECT}model_hosts: ${hosts}\n`,
    targets: { 'churn.yml': TARGET.replace('{ uri: models/churn.onnx }', model) },
  };
}

async function issueOf(model: string, hosts?: string): Promise<string> {
  const issues = await issuesOf(files(model, hosts));
  assert.equal(issues.length, 1, issues.map(renderIssue).join('\n'));
  return issues.map(renderIssue).join();
}

async function placesOf(model: string, hosts?: string) {
  const { targets } = await load(files(model, hosts));
  return targets[0]?.models.map(({ uri, place }) => ({ uri, ...place }));
}

describe('the address of a model', () => {
  for (const address of [
    'https://models.example.com/a/b.onnx',
    'https://MODELS.example.com:443/b.onnx',
    'https://a.corp.example/b.onnx',
    'https://a.b.corp.example/b.onnx',
    'https://h.example:8443/b.onnx',
  ]) {
    it(`${address} is of a host that is listed`, async () => {
      const url = new URL(address).href;
      assert.deepEqual(await placesOf(`{ uri: "${address}" }`), [
        { uri: url, kind: 'https', url, allowPrivate: false },
      ]);
    });
  }

  for (const [address, host] of [
    ['https://example.com/b.onnx', 'example.com'],
    ['https://corp.example/b.onnx', 'corp.example'],
    ['https://evilcorp.example/b.onnx', 'evilcorp.example'],
    ['https://a.corp.example.evil.com/b.onnx', 'a.corp.example.evil.com'],
    ['https://models.example.com:8443/b.onnx', 'models.example.com:8443'],
    ['https://h.example/b.onnx', 'h.example'],
    ['https://2130706433/b.onnx', '127.0.0.1'],
    ['https:\\\\\\\\evil.com\\\\b.onnx', 'evil.com'],
    ['https://evil.com#@models.example.com/b.onnx', 'evil.com'],
  ] as const) {
    it(`${address} is of a host that is not, and the line to write is given`, async () => {
      assert.equal(
        await issueOf(`{ uri: "${address}" }`),
        `targets/churn.yml:4:15 model.uri: host ${host} is not among those that models may come from (expected ${host} in model_hosts of scorehouse.yml too)`,
      );
    });
  }

  it('is refused where no host is listed', async () => {
    const targets = { 'churn.yml': TARGET.replace('models/churn.onnx', '"https://a.example/b.onnx"') };
    const [issue] = await issuesOf({ targets });
    assert.equal(issue?.expected, 'a line in scorehouse.yml: model_hosts: [a.example]');
  });

  it('is looked at in each of several models', async () => {
    const model = '[{ name: a, uri: a.onnx }, { name: b, uri: "https://a.example/b.onnx" }]';
    const { project, targets } = files(model);
    const issues = await issuesOf({
      project,
      targets: { 'churn.yml': targets['churn.yml'].replace('model:', 'models:') },
    });
    assert.deepEqual(
      issues.map(({ path }) => path),
      ['models[1].uri'],
    );
  });

  for (const [uri, says] of [
    ['http://models.example.com/b.onnx', 'http: is open to whoever is on the way (expected an https: URI)'],
    ['https://', 'no address that exists (expected https://host/path/model.onnx)'],
    ['https://models.example.com:99999/', 'no address that exists (expected https://host/path/model.onnx)'],
  ] as const) {
    it(`is refused: ${uri}`, async () => {
      assert.equal(await issueOf(`{ uri: "${uri}" }`), `targets/churn.yml:4:15 model.uri: ${says}`);
    });
  }

  for (const uri of ['https://u:s3cret@models.example.com/b.onnx', 'http://u:s3cret@models.example.com/b']) {
    it(`is refused with a password, which is not shown: ${uri.slice(0, 5)}`, async () => {
      const issue = await issueOf(`{ uri: "${uri}" }`);
      assert.match(issue, /has a user name or a password in it|http: is open/);
      assert.doesNotMatch(issue, /s3cret/);
    });
  }

  it('is not shown with a password where another scheme is not built', async () => {
    const issue = await issueOf('{ uri: "s3://u:s3cret@a/b.onnx" }');
    assert.equal(
      issue,
      'targets/churn.yml:4:10 model.uri: s3://***@a/b.onnx is not built yet (expected a local file, or an https: URI)',
    );
  });

  it('is shown without its signature, and asked with it but for the fragment', async () => {
    const uri = 'https://models.example.com/b.onnx?sig=s3cret#top';
    assert.deepEqual(await placesOf(`{ uri: "${uri}" }`), [
      {
        uri: 'https://models.example.com/b.onnx?***',
        kind: 'https',
        url: 'https://models.example.com/b.onnx?sig=s3cret',
        allowPrivate: false,
      },
    ]);
  });

  it('may lead into a private network where its host is listed so', async () => {
    const hosts = '[{ host: a.corp.example, private: true }, "*.corp.example"]';
    const allowed = async (host: string) =>
      (await placesOf(`{ uri: "https://${host}/b.onnx" }`, hosts))?.map((place) =>
        place.kind === 'https' ? place.allowPrivate : null,
      );
    assert.deepEqual(await allowed('a.corp.example'), [true]);
    assert.deepEqual(await allowed('b.corp.example'), [false]);
  });

  it('has no files beside it', async () => {
    const issue = await issueOf('{ uri: "https://models.example.com/b.onnx", external_data: true }');
    assert.match(issue, /4:\d+ model\.external_data: a model from https is one file/);
  });
});

describe('model_hosts', () => {
  for (const host of ['"*"', '"*.com"', '"a.*.com"', 'https://a.example', 'a.example/b', '"a b"', '1']) {
    it(`takes no ${host}`, async () => {
      const issues = await issuesOf({ project: `${PROJECT}model_hosts: [${host}]\n` });
      assert.deepEqual(
        issues.map(({ path }) => path),
        ['model_hosts[0]'],
      );
      assert.match(issues[0]?.expected ?? '', /^a host like models\.example\.com/);
    });
  }
});
