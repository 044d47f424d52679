import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLOURS_MODEL, makeColours, succeed } from '../support/colours.js';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, writeTarget } from '../support/house.js';

const quote = JSON.stringify;

/** A champion and a challenger over the table `source`. */
function renderModels(challenger: string, outputs: string, more = ''): string {
  return `source: { sql: "select *, red as f32, cast(red as double precision) as f64 from source" }
key: [id]
models: [{ name: champion, uri: ${quote(COLOURS_MODEL)} }, { name: challenger, uri: ${quote(challenger)} }]
${outputs}
resources: { chunk_rows: 100, workers: 2 }
${more}`;
}

const OUTPUTS =
  'outputs: { score: { from: texts, class: green, range: [0, 1] }, best: { from: texts, top_k: 1 } }';

for (const kind of HOUSES) {
  test(`two models score in one pass, each under its name (${kind})`, async (t) => {
    const house = await makeColours(t, kind, { scores: renderModels(COLOURS_MODEL, OUTPUTS) }, 450);
    const shown = await succeed(house, 'run');
    assert.match(
      shown,
      /model +champion .+model\.onnx, challenger .+model\.onnx \(\w{12}\) -> champion_score, /,
    );
    const [row] = await house.query(
      `select count(*), count(*) filter (where champion_score = green and challenger_score = green
          and champion_best_1 = challenger_best_1 and champion_best_1_score = greatest(red, green, blue, grey)),
        count(distinct _model_version)
      from predictions.scores join source using (id)`,
    );
    assert.deepEqual(row, ['450', '450', '1']);
    const metrics = await house.query('select distinct column_name from scorehouse.metrics order by 1');
    assert.deepEqual(metrics.flat(), [
      'challenger_best_1',
      'challenger_best_1_score',
      'challenger_score',
      'champion_best_1',
      'champion_best_1_score',
      'champion_score',
    ]);
    await succeed(house, 'verify', 'scores');
    const [versions] = await house.query(
      `select count(*) from scorehouse.versions as v join scorehouse.runs as r on r.model_sha256 = v.model_sha256
        join predictions.scores as p on p._run_id = r.run_id and v.model_sha256 like p._model_version || '%'`,
    );
    assert.deepEqual(versions, ['450']);
  });

  test(`a challenger that is replaced makes a new version under merge (${kind})`, async (t) => {
    const merge = 'write: { strategy: merge, on_column_change: recreate }';
    const house = await makeColours(t, kind, { scores: renderModels(COLOURS_MODEL, OUTPUTS, merge) }, 100);
    await succeed(house, 'run');
    await succeed(house, 'run');
    const types = fixtureFile('types', 'model.onnx');
    const features =
      'features: { i32: { column: n }, i64: { column: n }, flag: { column: yes }, text: { column: note } }';
    const source = `"select *, red as f32, cast(red as double precision) as f64, 1 as n, true as yes, 'a' as note from source"`;
    writeTarget(
      house,
      'scores',
      renderModels(types, features, merge).replace(/source: \{ sql: .* \}/, `source: { sql: ${source} }`),
    );
    await succeed(house, 'run');
    await succeed(house, 'verify', 'scores');
    const [row] = await house.query(
      `select count(*), count(*) filter (where champion_one = red and challenger_f32_same = red)
      from predictions.scores join source using (id)`,
    );
    assert.deepEqual(row, ['100', '100']);
    const versions = await house.query('select version, state from scorehouse.versions order by version');
    assert.deepEqual(versions, [
      ['1', 'kept'],
      ['2', 'live'],
    ]);
  });
}

test('plan and check name the models', async (t) => {
  const house = await makeColours(t, 'duckdb', { scores: renderModels(COLOURS_MODEL, OUTPUTS) }, 10);
  const { plans } = JSON.parse(await succeed(house, 'plan', '--json'));
  assert.deepEqual(
    plans[0].model.parts.map(({ name, uri }: { name: string; uri: string }) => [name, uri]),
    [
      ['champion', COLOURS_MODEL],
      ['challenger', COLOURS_MODEL],
    ],
  );
  assert.match(await succeed(house, 'check'), /champion .+, challenger .+, 8 inputs, 6 outputs/);
  assert.match(await succeed(house, 'plan', '--sql'), /"champion_score" real,\s+"champion_best_1" varchar/);
});

for (const [what, challenger, outputs, message] of [
  [
    'has no such output',
    fixtureFile('forest', 'model.onnx'),
    'outputs: { score: { from: texts, class: green } }',
    /model challenger: outputs\.score: the model has no output "texts"/,
  ],
  [
    'has other inputs',
    fixtureFile('linear', 'model.onnx'),
    '',
    /model challenger: the model has one input "features" of 20 columns, which have no names/,
  ],
  ['is no model', fixtureFile('bad', 'corrupt.onnx'), OUTPUTS, /model .*corrupt\.onnx: /],
  ['is not there', fixtureFile('bad', 'none.onnx'), OUTPUTS, /model .*none\.onnx: no such file/],
] as const) {
  test(`it is said which model ${what}`, async (t) => {
    const house = await makeColours(t, 'duckdb', { scores: renderModels(challenger, outputs) }, 10);
    const { code, stderr } = await house.run('run');
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  });
}

test('a feature that no model has is refused', async (t) => {
  const target = renderModels(COLOURS_MODEL, 'features: { rod: { column: red } }');
  const house = await makeColours(t, 'duckdb', { scores: target }, 10);
  const { code, stderr } = await house.run('run');
  assert.equal(code, 2, stderr);
  assert.match(stderr, /features: the model has no input "rod"/);
});
