import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { WAREHOUSE_SCHEMAS } from '../../adapters/index.js';
import { loadProject, type ResolvedTarget } from '../../src/config/index.js';
import { fixture, json, makeTempDir, runSql, type TempDir } from '../support/cli-harness.js';
import { PROJECT } from '../support/penguins.js';

const MODELS = [
  'cut/pipeline.onnx',
  'cut/several.onnx',
  ...['forest', 'lightgbm', 'linear', 'mlp', 'pipeline', 'types'].map((name) => `${name}/model.onnx`),
];

/** A project without a target, whose warehouse has a table. */
async function makeProject(model: string, table: string): Promise<TempDir> {
  const project = await makeTempDir({
    'scorehouse.yml': PROJECT,
    'models/churn.onnx': await readFile(fixture(model)),
  });
  await runSql(project.path('house.duckdb'), [table]);
  return project;
}

/** The targets of a project, as every command reads them: it throws where one does not parse. */
async function readTargets(project: TempDir): Promise<readonly ResolvedTarget[]> {
  const { targets } = await loadProject(project.dir, { env: {}, warehouseSchemas: WAREHOUSE_SCHEMAS });
  return targets;
}

function initFrom(project: TempDir, ...more: readonly string[]) {
  return project.run(['init', '--model', 'models/churn.onnx', '--table', 'main.customers', ...more]);
}

describe('model inspect', () => {
  for (const model of MODELS) {
    it(`gives a target for ${model} that parses`, async () => {
      await using project = await makeTempDir({ 'scorehouse.yml': PROJECT });
      const result = await project.run(['model', 'inspect', fixture(model), '--json']);
      assert.equal(result.exitCode, 0, result.text);
      await project.write({ 'targets/made.yml': String(json(result).target) });
      assert.equal((await readTargets(project)).length, 1);
    });
  }

  it('tells what goes in and out, with the classes', async () => {
    await using project = await makeTempDir();
    const { text, exitCode } = await project.run(['model', 'inspect', fixture('cut/pipeline.onnx')]);
    assert.equal(exitCode, 0, text);
    assert.match(text, /^sha256 +[0-9a-f]{64}$/m);
    assert.match(text, /^producer +skl2onnx 1\.20\.0$/m);
    assert.match(text, /^versions +IR 8, opsets ai\.onnx 15, ai\.onnx\.ml 1$/m);
    assert.match(text, /^visits +int64 +\[\?, 1\]$/m);
    assert.match(text, /^output_probability +float32 +\[\?, 2\] +2 +leaves, stays \(ZipMap\)$/m);
    assert.match(text, /probability_stays: \{ from: output_probability, class: "stays"/);
  });

  it('refuses what no run would take', async () => {
    await using project = await makeTempDir({ 'a.onnx': await readFile(fixture('bad/corrupt.onnx')) });
    const result = await project.run(['model', 'inspect', 'a.onnx']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /MODEL_INVALID.*model a\.onnx: it is cut short/);
  });
});

describe('model lint', () => {
  it('says what is wrong, what follows, and what to do', async () => {
    await using project = await makeTempDir();
    const { text, exitCode } = await project.run(['model', 'lint', fixture('forest/model.onnx')]);
    assert.equal(exitCode, 0, text);
    assert.match(text, /: 2 warnings, 1 note$/m);
    assert.match(
      text,
      /^warning {2}nan-routing: TreeEnsembleClassifier\n +A NaN takes .*\n +next: Use nulls/m,
    );
  });

  it('gives one document, and exit code 2 for a model that no run takes', async () => {
    await using project = await makeTempDir({ 'a.onnx': '' });
    const result = await project.run(['model', 'lint', 'a.onnx', '--json']);
    assert.equal(result.exitCode, 2, result.text);
    assert.deepEqual(json(result), {
      file: 'a.onnx',
      usable: false,
      findings: [
        {
          code: 'unreadable',
          severity: 'error',
          where: 'the file',
          message: 'A run refuses it: the file is empty.',
          fix: 'Its export or copy was cut short: make it again.',
        },
      ],
    });
  });
});

describe('init from a model and a table', () => {
  it('binds the columns whose names fit, and says where it is unsure', async () => {
    const table =
      'create table customers (customer_id bigint, City varchar, "plan" varchar, spent double, usage double, "isMember" boolean, other int)';
    await using project = await makeProject('pipeline/model.onnx', table);

    const result = await initFrom(project);

    assert.equal(result.exitCode, 0, result.text);
    assert.match(result.text, /made {2}targets\/churn\.yml/);
    assert.match(result.text, /2 of 6 features are unsure/);
    const text = await readFile(project.path('targets/churn.yml'), 'utf8');
    assert.match(text, /key: \[customer_id\] # a guess/);
    assert.match(text, /spend: \{ column: spent, nulls: fail \} # the nearest name to spend/);
    assert.match(text, /visits: \{ nulls: fail \} # the table has no such column/);
    const [target] = await readTargets(project);
    assert.deepEqual(
      target?.features?.entries.map(({ input, column }) => [input, column]),
      [
        ['city', 'City'],
        ['plan', 'plan'],
        ['spend', 'spent'],
        ['usage', 'usage'],
        ['visits', 'visits'],
        ['is_member', 'isMember'],
      ],
    );
    assert.equal(target?.models[0]?.uri, 'models/churn.onnx');
  });

  it('lists the numbers of the table for a model of one matrix, in a target that runs', async () => {
    const table = `create table customers as
      select i::bigint as id, 'text' as note, 40.0::double + i as a, 18::double as b, 190::double as c, 4000::double as d from range(5) as r(i)`;
    await using project = await makeProject('bad/zipmap.onnx', table);

    const made = await initFrom(project, '--key', 'ID');

    assert.equal(made.exitCode, 0, made.text);
    const text = await readFile(project.path('targets/churn.yml'), 'utf8');
    assert.match(text, /key: \[id\]\n/);
    assert.match(
      text,
      /- a # the table's order: it must be that of the training\n {2}- b\n {2}- c\n {2}- d\n/,
    );
    assert.deepEqual(
      (await readTargets(project))[0]?.outputs?.map(({ name, class: label }) => [name, label]),
      [
        ['output_label', undefined],
        ['probability_no', 'no'],
        ['probability_yes', 'yes'],
      ],
    );
    const run = await project.run(['run']);
    assert.equal(run.exitCode, 0, run.text);
  });

  it('keeps a target that is there, and needs a project, a table and a model', async () => {
    await using project = await makeProject('linear/model.onnx', 'create table customers (id int)');
    await project.write({ 'targets/churn.yml': 'mine' });
    const kept = await initFrom(project);
    assert.match(kept.text, /kept {2}targets\/churn\.yml/);
    assert.equal(await readFile(project.path('targets/churn.yml'), 'utf8'), 'mine');

    const alone = await project.run(['init', '--model', 'models/churn.onnx']);
    assert.equal(alone.exitCode, 2);
    assert.match(alone.text, /--model and --table belong together/);
    const elsewhere = await project.run([
      'init',
      'new',
      '--model',
      'models/churn.onnx',
      '--table',
      'customers',
    ]);
    assert.equal(elsewhere.exitCode, 2);
    assert.match(elsewhere.text, /scorehouse init/);
    const gone = await project.run(['init', '--model', 'gone.onnx', '--table', 'main.customers']);
    assert.equal(gone.exitCode, 2);
    assert.match(gone.text, /model gone\.onnx: no such file/);
  });
});
