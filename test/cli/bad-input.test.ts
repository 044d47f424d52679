import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { dumpWarehouse, fixture, runSql, type TempDir } from '../support/cli-harness.js';
import {
  DATABASE,
  HOSTILE,
  makePenguins,
  type PenguinFiles,
  PROJECT,
  renderTarget,
} from '../support/penguins.js';

interface BadInput extends PenguinFiles {
  readonly what: string;
  readonly argv?: readonly string[];
  readonly exit: 2 | 3 | 6;
  /** What is wrong, where, and what to do next; all must be in the output. */
  readonly says: readonly (RegExp | string)[];
}

/** A file that the target of `renderTarget` spells over several lines, so that places can be told. */
const YAML = `name: species
source: { table: main.penguins }
key: [id]
model: { uri: models/forest.onnx }
features: [a, b, c, d]
write:
  table: species
`;

const inYaml = (text: string) => ({ files: { 'targets/species.yml': text } });
const hostileYaml = JSON.stringify(HOSTILE);

/** Refused before anything is written: exit code 2. */
const CONFIGURATION: readonly BadInput[] = [
  {
    what: 'broken YAML',
    ...inYaml(YAML.replace('key: [id]', 'key: [id')),
    exit: 2,
    says: [/targets\/species\.yml:\d+:\d+: not YAML/, 'expected valid YAML'],
  },
  {
    what: 'an unknown key',
    ...inYaml(YAML.replace('features:', 'featurs:')),
    exit: 2,
    says: ['targets/species.yml:5:1 featurs', 'did you mean features?'],
  },
  {
    what: 'a duplicate key',
    ...inYaml(`${YAML}name: other\n`),
    exit: 2,
    says: ['targets/species.yml:8:1: duplicate key "name"', 'expected each key once'],
  },
  {
    what: 'a variable that is not set',
    files: { 'scorehouse.yml': PROJECT.replace('house.duckdb', '"${HOUSE}"') },
    exit: 2,
    says: [/scorehouse\.yml:3:\d+ warehouses\.dev\.path/, 'variable HOUSE is not set', 'expected HOUSE set'],
  },
  {
    what: 'a key whose behaviour is not built',
    ...inYaml(`${YAML}  history: true\n`),
    exit: 2,
    says: ['targets/species.yml:8:3 write.history: true is not built yet', 'expected false'],
  },
  {
    what: 'a key that is not built at all',
    ...inYaml(`${YAML}slo: { ready_by: "06:00" }\n`),
    exit: 2,
    says: ['targets/species.yml:8:1 slo: not built yet', 'expected the key left out'],
  },
  {
    what: 'no scorehouse.yml',
    argv: ['run', '--project-dir', 'targets'],
    exit: 2,
    says: ['no scorehouse.yml in', 'next: Run `scorehouse init`'],
  },
  {
    what: 'an unknown --var',
    argv: ['run', '--var', 'iland=Biscoe'],
    exit: 2,
    says: ['--var "iland": unknown var', 'did you mean island?', 'next: Declare it under vars'],
  },
  {
    what: 'a --var without a value',
    argv: ['run', '--var', 'island'],
    exit: 2,
    says: ['--var island: expected name=value'],
  },
  {
    what: 'an unknown target',
    argv: ['run', 'specis'],
    exit: 2,
    says: ['unknown target "specis"', 'did you mean species?'],
  },
  {
    what: 'an unknown command',
    argv: ['rnu'],
    exit: 2,
    says: ['Did you mean run?', '--help'],
  },
  {
    what: 'an unknown option',
    argv: ['run', '--colour', 'red'],
    exit: 2,
    says: ['Unknown argument: colour', '--help'],
  },
  {
    what: 'a limit that is no number',
    argv: ['run', '--limit', 'few'],
    exit: 2,
    says: ['--limit', 'expected a whole number', '--help'],
  },
  {
    what: 'a negative limit',
    argv: ['run', '--limit', '-1'],
    exit: 2,
    says: ['--limit', 'expected a whole number', '--help'],
  },
  {
    what: 'an option given twice',
    argv: ['run', '--project-dir', 'a', '--project-dir', 'b'],
    exit: 2,
    says: ['--project-dir', 'once', '--help'],
  },
  {
    what: 'a warehouse that the project does not have',
    argv: ['run', '--warehouse', 'test'],
    exit: 2,
    says: ['no warehouse "test" in scorehouse.yml', 'next: It has dev, prod.'],
  },
  {
    what: 'a warehouse of a kind that is not built',
    argv: ['run', '--warehouse', 'prod'],
    exit: 2,
    says: ['type dbt are not built yet', 'next: Built are: bigquery, duckdb, postgres, snowflake'],
  },
  {
    what: 'a hostile table name',
    ...inYaml(YAML.replace('table: species', `table: ${hostileYaml}`)),
    exit: 2,
    says: ['targets/species.yml:7:10 write.table', 'expected a table like'],
  },
  {
    what: 'a hostile output name',
    target: { outputs: `{ ${hostileYaml}: { from: label } }` },
    exit: 2,
    says: [/targets\/species\.yml:6:\d+ outputs/, 'expected a name of letters'],
  },
  {
    what: 'a hostile source table',
    target: { source: `{ table: ${hostileYaml} }` },
    exit: 2,
    says: [/targets\/species\.yml:2:\d+ source\.table/, 'expected a table like'],
  },
  {
    what: 'a hostile output schema',
    files: { 'scorehouse.yml': PROJECT.replace('predictions', `'${HOSTILE}'`) },
    exit: 2,
    says: [/scorehouse\.yml:3:\d+ warehouses\.dev\.output_schema/, 'expected a schema like'],
  },
];

/** The files are right, the warehouse or the model does not fit them: exit code 2, or 6 where it is in the way. */
const PLANNING: readonly BadInput[] = [
  {
    what: 'a missing model file',
    target: { model: '{ uri: models/gone.onnx }' },
    exit: 2,
    says: ['model models/gone.onnx: no such file', 'next: Check model.uri'],
  },
  {
    what: 'a corrupt model',
    files: { 'models/forest.onnx': await readFile(fixture('bad/corrupt.onnx')) },
    exit: 2,
    says: ['MODEL_INVALID', 'model models/forest.onnx', 'next:'],
  },
  {
    what: 'an empty model',
    files: { 'models/forest.onnx': await readFile(fixture('bad/empty.onnx')) },
    exit: 2,
    says: ['model models/forest.onnx: the file is empty', 'next:'],
  },
  {
    what: 'a wrong pin',
    target: { model: `{ uri: models/forest.onnx, sha256: "${'0'.repeat(64)}" }` },
    exit: 2,
    says: ['model models/forest.onnx: its sha256 is', 'the target pins 000000', 'next: The file has changed'],
  },
  {
    what: 'a missing source table',
    target: { source: '{ table: main.penguin }' },
    exit: 2,
    says: ['Table with name penguin does not exist', 'Did you mean "penguins'],
  },
  {
    what: 'SQL that does not parse',
    target: { source: '{ sql: selec 1 }' },
    exit: 2,
    says: ['Parser Error', 'selec'],
  },
  {
    what: 'two statements as the source',
    target: { source: '{ sql: "select * from main.penguins; drop table t" }' },
    exit: 2,
    says: ['SOURCE_INVALID', 'multiple statements'],
  },
  {
    what: 'SQL that closes its own parenthesis',
    target: { source: '{ sql: "select * from main.penguins) as x; drop table t; --" }' },
    exit: 2,
    says: ['SOURCE_INVALID', 'Parser Error'],
  },
  {
    what: 'SQL that writes',
    target: { source: '{ sql: "delete from t returning alive as id" }', key: '[id]' },
    exit: 2,
    says: ['SOURCE_INVALID', 'Parser Error'],
  },
  {
    what: 'a missing column for the key',
    target: { key: '[idd]' },
    exit: 2,
    says: ['key: "idd" is not among the columns of the source', 'next: Near it: id'],
  },
  {
    what: 'a missing column for a feature',
    target: { features: '[a, b, c, notes]' },
    exit: 2,
    says: ['features: "notes" is not among the columns', 'next: Near it: note'],
  },
  {
    what: 'a missing column for passthrough',
    target: { passthrough: '[noted]' },
    exit: 2,
    says: ['passthrough: "noted" is not among the columns', 'next: Near it: note'],
  },
  {
    what: 'text into a floating input',
    target: { features: '[a, b, c, note]' },
    exit: 2,
    says: ['feature "note" has type VARCHAR', 'a float32 input', 'next: Cast it in the source query'],
  },
  {
    what: 'a floating key',
    target: { key: '[a]' },
    exit: 2,
    says: ['key column "a" has type double', 'next: Use an integer'],
  },
  {
    what: 'too few features',
    target: { features: '[a, b, c]' },
    exit: 2,
    says: ['input "measurements" has 4 columns, the target lists 3 features', 'next: List the features'],
  },
  {
    what: 'an unknown output',
    target: { outputs: '{ score: { from: labels } }' },
    exit: 2,
    says: ['outputs.score: the model has no output "labels"', 'next: It has label, probabilities.'],
  },
  {
    what: 'a hostile output of the model',
    target: { outputs: `{ score: { from: ${hostileYaml} } }` },
    exit: 2,
    says: [`the model has no output "${HOSTILE}"`, 'next: It has label, probabilities.'],
  },
  {
    what: 'a class that is out of range',
    target: { outputs: '{ score: { from: probabilities, class: 3 } }' },
    exit: 2,
    says: ['outputs.score: class 3 is not among the 3 values of "probabilities"'],
  },
  {
    what: 'a hostile key that the source does not have',
    target: { key: `[${hostileYaml}]` },
    exit: 2,
    says: [`key: "${HOSTILE}" is not among the columns`, 'next: Near it'],
  },
  {
    what: 'grants where the warehouse has none',
    target: { write: '{ table: species, grants: { select: [bi] } }' },
    exit: 2,
    says: ['write.grants: duckdb has no grants', 'next: Leave write.grants out'],
  },
  {
    what: 'an unknown var in the SQL',
    target: { source: `{ sql: "select * from main.penguins where note = {{var 'isle'}}" }` },
    exit: 2,
    says: ['targets/species.yml: source.sql: unknown variable "isle"; known: island', 'next: SQL may hold'],
  },
  {
    what: 'SQL that reaches for a prototype',
    target: { source: `{ sql: 'select {{lookup this "__proto__"}} as id from main.penguins' }` },
    exit: 2,
    says: ['targets/species.yml: source.sql: ', 'unknown helper lookup', 'next: SQL may hold'],
  },
  {
    what: 'a view that is not ours',
    sql: ['create schema predictions', 'create view predictions.species as select 42 as answer'],
    exit: 6,
    says: [
      "predictions.species exists and is not scorehouse's view",
      'next: Nothing that scorehouse did not make',
    ],
  },
  {
    what: 'a table where the view would be',
    sql: ['create schema predictions', 'create table predictions.species as select 42 as answer'],
    exit: 6,
    says: [
      "predictions.species exists and is not scorehouse's view",
      'next: Nothing that scorehouse did not make',
    ],
  },
];

/** What turns a good source bad after it was published once: exit code 3. */
interface BadRows {
  readonly what: string;
  /** Keys of the target that are replaced after the first run. */
  readonly target?: Readonly<Record<string, string | null>>;
  readonly sql: readonly string[];
  readonly says: readonly (RegExp | string)[];
}

const ROWS: readonly BadRows[] = [
  {
    what: 'an empty input',
    sql: ['delete from penguins'],
    says: ['the source has no rows', 'next: An empty input usually means a broken source'],
  },
  {
    what: 'NULL keys',
    sql: ['update penguins set id = null where id in (2, 4)'],
    says: ['2 of 5 rows have NULL in the key (id)', 'next: Every row needs a key'],
  },
  {
    what: 'a NULL in one column of a composite key',
    target: { key: '[id, note]', passthrough: '[b]' },
    sql: ['update penguins set note = null where id = 3'],
    says: ['1 of 5 rows have NULL in the key (id, note)', 'next: Every row needs a key'],
  },
  {
    what: 'duplicate keys',
    sql: [
      'insert into penguins select * from penguins where id < 3',
      'insert into penguins select * from penguins where id = 1',
    ],
    says: ['4 rows repeat 2 keys of (id), among them (1), (2)', 'next: Nothing was published'],
  },
  {
    what: 'duplicates of a composite key',
    target: { key: '[id, note]', passthrough: '[b]' },
    sql: ['insert into penguins select * from penguins where id = 2'],
    says: ['1 rows repeat 1 keys of (id, note), among them (2, note 2)', 'next: Nothing was published'],
  },
  {
    what: 'a NULL feature under nulls: fail',
    sql: ['update penguins set c = null where id > 3'],
    says: ['feature "c" is NULL in 2 rows', 'nulls: fail', 'next: Say what a NULL means'],
  },
  {
    what: 'a score outside its range',
    target: { outputs: '{ label: { from: label, range: [0, 0] } }' },
    sql: ['update penguins set a = 60 where id = 5'],
    says: ['label range: ', 'values lie outside [0, 0]', 'next: Nothing was published'],
  },
];

function assertSays(text: string, says: readonly (RegExp | string)[]): void {
  for (const words of says) {
    const found = typeof words === 'string' ? text.includes(words) : words.test(text);
    assert.ok(found, `expected ${String(words)} in:\n${text}`);
  }
}

/** Objects that stood before stand unchanged; new ones may only be version tables, which nobody reads. */
function assertUnchanged(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const made = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  for (const name of made) assert.match(name, /__v\d+$/);
  assert.deepEqual(
    Object.fromEntries(Object.entries(after).filter(([name]) => !made.includes(name))),
    before,
  );
}

describe('bad input', () => {
  for (const bad of [...CONFIGURATION, ...PLANNING]) {
    it(`${bad.what}: exit code ${bad.exit}, nothing written`, async () => {
      await using project = await makePenguins(bad);
      const before = await dumpWarehouse(project.path(DATABASE));
      const result = await project.run(bad.argv ?? ['run']);
      assert.equal(result.exitCode, bad.exit, result.text);
      assertSays(result.text, bad.says);
      assert.deepEqual(await dumpWarehouse(project.path(DATABASE)), before);
      assert.equal(before.ledger, false);
    });
  }

  for (const bad of ROWS) {
    it(`${bad.what}: exit code 3, readers keep what they had`, async () => {
      await using project = await makePenguins();
      assert.equal((await project.run(['run'])).exitCode, 0);
      await project.write({
        'targets/species.yml': renderTarget({ write: '{ on_column_change: recreate }', ...bad.target }),
      });
      await runSql(project.path(DATABASE), bad.sql);
      const before = await dumpWarehouse(project.path(DATABASE));
      const result = await project.run(['run']);
      assert.equal(result.exitCode, 3, result.text);
      assertSays(result.text, bad.says);
      assertUnchanged(before.published, (await dumpWarehouse(project.path(DATABASE))).published);
    });
  }
});

describe('hostile names that are legal', () => {
  const source = `{ sql: 'select id as ${quoted(HOSTILE)}, a, b, c, d, note from main.penguins' }`;
  const columns = async (project: TempDir) =>
    Object.entries((await dumpWarehouse(project.path(DATABASE))).published).find(
      ([name]) => name === 'predictions.species',
    )?.[1] ?? '';

  for (const { use, target } of [
    { use: 'key', target: { source, key: `[${hostileYaml}]` } },
    {
      use: 'passthrough',
      target: {
        source: `{ sql: 'select *, note as ${quoted(HOSTILE)} from main.penguins' }`,
        passthrough: `[${hostileYaml}]`,
      },
    },
    {
      use: 'feature',
      target: {
        source: `{ sql: 'select *, a as ${quoted(HOSTILE)} from main.penguins' }`,
        features: `[${hostileYaml}, b, c, d]`,
      },
    },
    {
      use: 'index',
      target: {
        source: `{ sql: 'select *, note as ${quoted(HOSTILE)} from main.penguins' }`,
        passthrough: `[${hostileYaml}]`,
        write: `{ table: species, indexes: [${hostileYaml}] }`,
      },
    },
    {
      use: 'source column that nothing uses',
      target: { source: `{ sql: 'select *, a as ${quoted(HOSTILE)} from main.penguins' }` },
    },
  ]) {
    it(`come through quoted as a ${use}`, async () => {
      await using project = await makePenguins({ target });
      const result = await project.run(['run']);
      assert.equal(result.exitCode, 0, result.text);
      const shown = await columns(project);
      const carried = ['key', 'passthrough', 'index'].includes(use);
      assert.equal(shown.includes(JSON.stringify(quoted(HOSTILE)).slice(1, -1)), carried, shown);
      const { published } = await dumpWarehouse(project.path(DATABASE));
      assert.match(published['main.t'] ?? '', /\[\[1\]\]/);
    });
  }
});

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
