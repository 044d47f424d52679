import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import {
  type CliResult,
  dumpWarehouse,
  events,
  fixture,
  json,
  makeTempDir,
  querySql,
  runSql,
  type TempDir,
} from '../support/cli-harness.js';
import { DATABASE, makePenguins, renderTarget } from '../support/penguins.js';

function assertOk(result: CliResult): CliResult {
  assert.equal(result.exitCode, 0, result.text);
  return result;
}

async function publishTimes(project: TempDir, times: number): Promise<void> {
  for (let i = 0; i < times; i++) assertOk(await project.run(['run']));
}

/** The version and kind of the newest publish, and the version whose rows readers see. */
async function live(project: TempDir): Promise<readonly unknown[]> {
  const [row] = await querySql(
    project.path(DATABASE),
    `select p.version, p.kind, p.publish_seq, v.version
from scorehouse.publishes as p, predictions.species as s
join scorehouse.versions as v on v.run_id = s._run_id
order by p.publish_seq desc limit 1`,
  );
  return row ?? [];
}

describe('init', () => {
  it('makes a scaffold whose check says what is missing', async () => {
    await using dir = await makeTempDir();
    assertOk(await dir.run(['init', 'my project']));
    const files = await readdir(dir.path('my project'), { recursive: true });
    for (const file of [
      'scorehouse.yml',
      'targets/example.yml',
      '.gitignore',
      '.scorehouse/target.schema.json',
    ]) {
      assert.ok(files.includes(file), `${file} in ${files.join(', ')}`);
    }
    const result = await dir.run(['check', '--project-dir', 'my project']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /no DuckDB file at .*warehouse\.duckdb/);
    assert.match(result.text, /next: Check the warehouse's `path`/);
  });

  it('makes a scaffold that runs once its model and its table are there', async () => {
    await using dir = await makeTempDir();
    assertOk(await dir.run(['init', '.']));
    await dir.write({
      'models/example.onnx': await readFile(fixture('forest/model.onnx')),
      'targets/example.yml': (await readFile(dir.path('targets/example.yml'), 'utf8'))
        .replace('[feature_a, feature_b]', '[feature_a, feature_a2, feature_b, feature_b2]')
        .replace('select id, feature_a, feature_b', 'select *'),
    });
    await runSql(dir.path('warehouse.duckdb'), [
      'create table inputs as select 1 as id, 1.0::real as feature_a, 2 as feature_a2, 3 as feature_b, 4 as feature_b2',
    ]);
    assertOk(await dir.run(['check']));
    assertOk(await dir.run(['run']));
  });

  it('keeps files that exist', async () => {
    await using dir = await makeTempDir({ 'scorehouse.yml': '# mine\n' });
    assert.match(assertOk(await dir.run(['init'])).stdout, /kept {2}scorehouse\.yml/);
    assert.match(assertOk(await dir.run(['init'])).stdout, /kept {2}targets\/example\.yml/);
    assert.equal(await readFile(dir.path('scorehouse.yml'), 'utf8'), '# mine\n');
  });

  it('--demo runs, is looked at, rolled back and promoted', async () => {
    await using dir = await makeTempDir();
    assertOk(await dir.run(['init', '--demo', 'demo']));
    const inDemo = ['--project-dir', 'demo'];
    assert.match(assertOk(await dir.run(['check', ...inDemo])).stdout, /ok {4}churn/);
    assertOk(await dir.run(['run', ...inDemo, '--preview', '3']));
    assertOk(await dir.run(['run', ...inDemo]));
    const { targets } = json(await dir.run(['status', '--json', ...inDemo]));
    const [status] = targets as readonly Record<string, unknown>[];
    assert.equal(status?.live_version, 2);
    assert.equal(status?.rows, 7043);
    const { runs } = json(await dir.run(['runs', '--json', ...inDemo]));
    assert.deepEqual(
      (runs as readonly Record<string, unknown>[]).map(({ state }) => state),
      ['published', 'published'],
    );
    assertOk(await dir.run(['rollback', 'churn', ...inDemo]));
    assertOk(await dir.run(['promote', 'churn', '2', ...inDemo]));
    const { publishes } = json(await dir.run(['versions', 'churn', '--json', ...inDemo]));
    assert.deepEqual(
      (publishes as readonly Record<string, unknown>[]).map(({ kind, version }) => [kind, version]),
      [
        ['promote', 2],
        ['rollback', 1],
        ['run', 2],
        ['run', 1],
      ],
    );
  });

  it('--demo twice keeps the data', async () => {
    await using dir = await makeTempDir();
    assertOk(await dir.run(['init', '--demo']));
    await runSql(dir.path('churn.duckdb'), ['create table mine as select 1 as one']);
    assert.match(assertOk(await dir.run(['init', '--demo'])).stdout, /kept {2}churn\.duckdb/);
    assert.deepEqual(await querySql(dir.path('churn.duckdb'), 'select * from mine'), [[1]]);
  });
});

describe('promote and rollback', () => {
  it('move readers to the version, each under a new publish', async () => {
    await using project = await makePenguins();
    await publishTimes(project, 3);
    assert.deepEqual(await live(project), [3, 'run', '3', 3]);
    assertOk(await project.run(['rollback', 'species']));
    assert.deepEqual(await live(project), [2, 'rollback', '4', 2]);
    assertOk(await project.run(['rollback', 'species', '--to', '1']));
    assert.deepEqual(await live(project), [1, 'rollback', '5', 1]);
    assertOk(await project.run(['promote', 'species', '3']));
    assert.deepEqual(await live(project), [3, 'promote', '6', 3]);
  });

  it('a run after a rollback publishes the next version', async () => {
    await using project = await makePenguins();
    await publishTimes(project, 2);
    assertOk(await project.run(['rollback', 'species']));
    await publishTimes(project, 1);
    assert.deepEqual(await live(project), [3, 'run', '4', 3]);
  });

  for (const { argv, says } of [
    { argv: ['promote', 'species', '9'], says: /version 9 of species cannot become live: there is none/ },
    { argv: ['rollback', 'species', '--to', '9'], says: /version 9 .*\n.*next: Versions that can: 1\./ },
    { argv: ['rollback', 'species'], says: /species has no earlier publish to go back to/ },
    { argv: ['promote', 'species', 'last'], says: /--number: expected a whole number/ },
    { argv: ['promote', 'specie', '1'], says: /unknown target "specie" .*did you mean species\?/ },
  ]) {
    it(`refuse ${argv.join(' ')}: exit code 2, nothing moves`, async () => {
      await using project = await makePenguins();
      await publishTimes(project, 1);
      const before = await dumpWarehouse(project.path(DATABASE));
      const result = await project.run(argv);
      assert.equal(result.exitCode, 2, result.text);
      assert.match(result.text, says);
      assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);
    });
  }

  for (const argv of [
    ['rollback', 'species'],
    ['promote', 'species', '1'],
  ]) {
    it(`refuse ${argv[0]} before the first run: exit code 2, no ledger`, async () => {
      await using project = await makePenguins();
      const result = await project.run(argv);
      assert.equal(result.exitCode, 2, result.text);
      assert.match(result.text, /species has no versions yet/);
      assert.equal((await dumpWarehouse(project.path(DATABASE))).ledger, false);
    });
  }
});

describe('commands that only look', () => {
  for (const argv of [
    ['check'],
    ['plan', '--sql'],
    ['run', '--dry-run'],
    ['status'],
    ['runs'],
    ['versions', 'species'],
    ['compile'],
    ['doctor'],
  ]) {
    it(`${argv.join(' ')} writes nothing to the warehouse`, async () => {
      await using project = await makePenguins();
      const bytes = await readFile(project.path(DATABASE));
      assertOk(await project.run(argv));
      assert.ok(bytes.equals(await readFile(project.path(DATABASE))));
      assert.equal((await dumpWarehouse(project.path(DATABASE))).ledger, false);
    });
  }

  it('make no DuckDB file where there is none: exit code 2', async () => {
    for (const argv of [['check'], ['plan'], ['run', '--dry-run'], ['status']]) {
      await using project = await makePenguins();
      await rm(project.path(DATABASE));
      const result = await project.run(argv);
      assert.equal(result.exitCode, 2, result.text);
      assert.deepEqual(
        (await readdir(project.dir)).filter((file) => file.includes('duckdb')),
        [],
      );
    }
  });

  it('plan --sql shows the statements of a run in their order', async () => {
    await using project = await makePenguins();
    const { stdout } = assertOk(await project.run(['plan', '--sql']));
    const names = [...stdout.matchAll(/^-- (.*)$/gm)].map(([, name]) => name);
    assert.equal(names[0], 'source');
    for (const name of ['stage/create_table', 'gate/counts', 'ledger/pointer_move', 'publish/view_replace']) {
      assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
    }
    assert.match(stdout, /create or replace view "predictions"\."species"/);
  });

  it('plan without --sql shows rows, model and where they go', async () => {
    await using project = await makePenguins();
    const { stdout } = assertOk(await project.run(['plan']));
    assert.match(stdout, /5 rows, \d+ B, about/);
    assert.match(stdout, /models\/forest\.onnx \([0-9a-f]{12}\) -> label, p0/);
    assert.match(stdout, /predictions\.species; the first version/);
  });

  it('compile writes one file a statement', async () => {
    await using project = await makePenguins();
    const { stdout } = assertOk(await project.run(['compile']));
    const files = (await readdir(project.path('.scorehouse/compiled/species'))).sort();
    assert.deepEqual(
      stdout.trim().split('\n'),
      files.map((file) => project.path('.scorehouse/compiled/species', file)),
    );
    assert.match(files[0] ?? '', /^01_source\.sql$/);
    const texts = await Promise.all(
      files.map((file) => readFile(project.path('.scorehouse/compiled/species', file), 'utf8')),
    );
    for (const text of texts) assert.match(text, /;\n$/);
  });

  it('compile --out names another folder, and a second one replaces the first', async () => {
    await using project = await makePenguins({ files: { 'sql/species/99_old.sql': 'select 1;\n' } });
    assertOk(await project.run(['compile', '--out', 'sql']));
    assert.ok(!(await readdir(project.path('sql/species'))).includes('99_old.sql'));
  });

  it('schema --write writes what the first line of each file points at', async () => {
    await using project = await makePenguins();
    assertOk(await project.run(['schema', '--write']));
    for (const name of ['project', 'target']) {
      const text = await readFile(project.path(`.scorehouse/${name}.schema.json`), 'utf8');
      assert.equal((JSON.parse(text) as { type: string }).type, 'object');
    }
  });
});

describe('selection', () => {
  const named = (name: string, tags: string) => ({
    [`targets/${name}.yml`]: renderTarget({ name, tags }),
  });
  const files = {
    ...named('churn_de', '[nightly]'),
    ...named('churn_fr', '[nightly, france]'),
    ...named('value', '[weekly]'),
  };

  for (const { argv, selects } of [
    { argv: [], selects: ['churn_de', 'churn_fr', 'species', 'value'] },
    { argv: ['value', 'churn_de'], selects: ['churn_de', 'value'] },
    { argv: ['--select', 'tag:nightly'], selects: ['churn_de', 'churn_fr'] },
    { argv: ['--select', 'churn*', '--exclude', 'tag:france'], selects: ['churn_de'] },
    { argv: ['-s', 'tag:week*', '-s', 'churn_fr'], selects: ['churn_fr', 'value'] },
    { argv: ['--exclude', 'churn*'], selects: ['species', 'value'] },
    { argv: ['--select', 'churn*', 'value'], selects: ['churn_de', 'churn_fr', 'value'] },
  ]) {
    it(`run ${argv.join(' ')} takes ${selects.join(', ')}`, async () => {
      await using project = await makePenguins({ files });
      const lines = events(assertOk(await project.run(['run', '--dry-run', '--json', ...argv])));
      assert.deepEqual(
        lines.filter(({ event }) => event === 'run_finished').map(({ target }) => target),
        selects,
      );
    });
  }

  it('of nothing is an error: exit code 2', async () => {
    await using project = await makePenguins({ files });
    const result = await project.run(['run', '--select', 'tag:nightli']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(
      result.text,
      /no target is selected .*did you mean tag:nightly\?.*\n.*next: The project has/,
    );
  });
});

describe('the project folder', () => {
  it('is the nearest one upward', async () => {
    await using project = await makePenguins({ files: { 'models/deep/er/README.md': '' } });
    const result = await project.from('models/deep/er').run(['check']);
    assert.match(assertOk(result).stdout, /ok {4}species/);
  });

  it('is the one that --project-dir names, from where the command runs', async () => {
    await using project = await makePenguins({ files: { 'other/scorehouse.yml': 'name: [' } });
    assertOk(await project.from('other').run(['check', '--project-dir', '..']));
    assertOk(await project.from('other').run(['check', '--project-dir', project.dir]));
    assert.equal((await project.from('other').run(['check'])).exitCode, 2);
  });

  it('that is nowhere is an error: exit code 2', async () => {
    await using dir = await makeTempDir();
    const result = await dir.run(['check']);
    assert.equal(result.exitCode, 2);
    assert.match(result.text, /no scorehouse\.yml here or in a folder above\n.*next: Make one with/);
  });

  it('takes vars from the command line', async () => {
    const target = { source: `{ sql: "select * from main.penguins where note = {{var 'island'}}" }` };
    await using project = await makePenguins({
      target,
      sql: ["update penguins set note = 'O''Hara' where id = 2"],
    });
    const [finished] = events(await project.run(['run', '--json', '--var', "island=O'Hara"])).slice(-1);
    assert.equal(finished?.rows_published, 1);
  });
});

describe('doctor', () => {
  it('finds everything in order', async () => {
    await using project = await makePenguins();
    const { stdout } = assertOk(await project.run(['doctor']));
    assert.match(stdout, /ok {4}onnxruntime {2}onnxruntime-node 1\./);
    assert.match(stdout, /ok {4}warehouse {4}dev \(duckdb\) opens; 1 targets/);
    assert.match(stdout, /ok {4}ledger {7}none yet: the first run makes it/);
  });

  it('says what is missing: exit code 6', async () => {
    await using project = await makePenguins();
    await rm(project.path(DATABASE));
    const result = await project.run(['doctor']);
    assert.equal(result.exitCode, 6, result.text);
    assert.match(result.text, /FAIL {2}warehouse .*no DuckDB file at .*\n\s+next: Check the warehouse's/);
  });

  it('looks at the machine also where there is no project: exit code 6', async () => {
    await using dir = await makeTempDir();
    const result = await dir.run(['doctor']);
    assert.equal(result.exitCode, 6, result.text);
    assert.match(result.text, /ok {4}node /);
    assert.match(result.text, /FAIL {2}warehouse {4}no scorehouse\.yml here/);
  });
});
