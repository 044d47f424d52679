import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtureFile } from '../support/fixtures.js';
import { makeHouse } from '../support/house.js';

const MODEL = JSON.stringify(fixtureFile('mlp', 'model.onnx'));
const FEATURES = Array.from({ length: 8 }, (_, i) => `x${i}`);

for (const [provider, why] of [
  ['coreml', /this onnxruntime has cpu/],
  ['cuda', /shared library/],
] as const) {
  test(`a provider that is not there ends the run before anything is written: ${provider}`, async (t) => {
    const target = `source: { sql: "select 1 as id, ${FEATURES.map((name) => `0.5::float as ${name}`).join(', ')}" }
key: [id]
model: { uri: ${MODEL}, provider: ${provider} }
features: [${FEATURES.join(', ')}]
`;
    const house = await makeHouse(t, 'duckdb', { scores: target });
    const { code, stderr } = await house.run('run');
    assert.equal(code, 6, stderr);
    assert.match(stderr, new RegExp(`ENVIRONMENT \\(model\\): model.provider: ${provider} is not there`));
    assert.match(stderr, why);
    assert.match(stderr, /Leave model.provider out/);
    const schemas = await house.query(
      "select count(*) from information_schema.schemata where schema_name = 'scorehouse'",
    );
    assert.deepEqual(schemas, [['0']]);
  });
}
