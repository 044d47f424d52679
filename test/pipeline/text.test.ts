import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { copyTables } from '../support/copy-tables.js';
import { executeOn } from '../support/duckdb.js';
import { type Fixture, fixtureFile, loadFixture, renderDifference } from '../support/fixtures.js';
import { HOUSES, type House, makeHouse } from '../support/house.js';
import { writeProjectFile } from '../support/project.js';
import { TEXT_FIXTURES, textTargetOf } from '../support/texts.js';

const WORDPIECE = TEXT_FIXTURES[0] as Fixture;

/** Three copies of the texts, so that blocks are filled with other neighbours each time. */
const SCALED = `create table scaled as select 1000 * copy + id as id, id as original, text from input, range(3) as copies(copy)`;

const CASES = [
  { chunkRows: 7, workers: 2 },
  { chunkRows: 100, workers: 1 },
  { chunkRows: 4096, workers: 2 },
];

for (const kind of HOUSES) {
  for (const fixture of TEXT_FIXTURES) {
    test(`${fixture.name} gives the reference's bits whatever the chunks and workers (${kind})`, async (t) => {
      const targets = CASES.map(({ chunkRows, workers }) => [
        nameOf(chunkRows, workers),
        textTargetOf(
          fixture,
          'select * from scaled',
          `passthrough: [original]\nresources: { chunk_rows: ${chunkRows}, workers: ${workers} }\n`,
        ),
      ]);
      const house = await makeHouse(t, kind, Object.fromEntries(targets) as Record<string, string>);
      await fill(house, fixture);

      const { code, stdout, stderr } = await house.run('run');

      assert.equal(code, 0, stdout + stderr);
      for (const { chunkRows, workers } of CASES) {
        const name = nameOf(chunkRows, workers);
        const [counts] = await house.query(
          `select count(*), count(*) filter (where ${renderDifference(fixture, kind)})
          from predictions.${name} as p left join expected as e on e.id = p.original`,
        );
        assert.deepEqual(counts, ['480', '0'], `${name}: rows, rows that differ`);
      }
    });
  }
}

/** A warehouse with a few texts, one of them NULL, and a target over the WordPiece model. */
async function makeReviews(
  t: TestContext,
  options: { more?: string; tokenizer?: string } = {},
): Promise<House> {
  const { more = '', tokenizer } = options;
  const text = textTargetOf(WORDPIECE, 'select * from source', `outputs: { score: {} }\n${more}`, 'review');
  const house = await makeHouse(t, 'duckdb', {
    a: tokenizer === undefined ? text : text.replace(/tokenizer: \{.*?\}/, `tokenizer: ${tokenizer}`),
  });
  await house.execute(
    "create table source as select * from (values (1, 'great support'), (2, null), (3, '')) as v(id, review)",
  );
  return house;
}

describe('a text', () => {
  it('that is NULL fails the run by default', async (t) => {
    const house = await makeReviews(t);
    const { code, stderr } = await house.run('run');
    assert.equal(code, 3);
    assert.match(stderr, /feature "review" is NULL in 1 rows of a chunk/);
  });

  it('that is NULL is scored as the text that features says', async (t) => {
    const house = await makeReviews(t, {
      more: 'features: { review: { nulls: { value: great support } } }\n',
    });
    assert.equal((await house.run('run')).code, 0);
    const rows = await house.query('select score from predictions.a order by id');
    assert.equal(rows[0]?.[0], rows[1]?.[0]);
    assert.notEqual(rows[0]?.[0], rows[2]?.[0]);
  });

  it('that is NULL is rejected, and counted, where features says so', async (t) => {
    const more = 'features: { review: { nulls: quarantine } }\nerrors: { budget: 1 }\n';
    const house = await makeReviews(t, { more });
    const { code, stderr } = await house.run('run');
    assert.equal(code, 0, stderr);
    assert.deepEqual(await house.query('select id from predictions.a order by id'), [['1'], ['3']]);
    assert.deepEqual(await house.query('select id, feature, reason from predictions.a__quarantine'), [
      ['2', 'review', 'null'],
    ]);
  });

  it('that the model does not know is scored as another', async (t) => {
    const allowed =
      '{ allowed: [great support], unseen: { value: great support }, nulls: { value: great support } }';
    const house = await makeReviews(t, { more: `features: { review: ${allowed} }\n` });
    const { code, stderr } = await house.run('run');
    assert.equal(code, 0, stderr);
    assert.deepEqual(await house.query('select count(*), count(distinct score) from predictions.a'), [
      ['3', '1'],
    ]);
  });

  it('has its vector as an array where outputs says so', async (t) => {
    const arrays = 'outputs: { embedding: { as: array }, first: { from: embedding, class: 0 } }\n';
    const house = await makeHouse(t, 'duckdb', {
      a: textTargetOf(WORDPIECE, 'select * from source', arrays, 'review'),
    });
    await house.execute(
      "create table source as select i as id, 'review ' || i as review from range(50) as t(i)",
    );
    const { code, stderr } = await house.run('run');
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      await house.query(
        'select count(*) filter (where embedding[1] = first and len(embedding) = 16) from predictions.a',
      ),
      [['50']],
    );
  });

  it('is given in tests and golden rows as in the source', async (t) => {
    const more = `golden: { file: golden/a.csv, tolerance: 0 }
tests: [{ given: { review: never again }, expect: { score: [0, 1] } }]
`;
    const house = await makeReviews(t, { more });
    await house.execute('delete from source where review is null');
    assert.equal((await house.run('test')).code, 0);
    assert.equal((await house.run('model', 'golden', 'a')).code, 0);
    const { code, stdout } = await house.run('run');
    assert.equal(code, 0);
    assert.match(stdout, /2 rows of golden\/a\.csv scored as expected/);
  });
});

describe('a tokenizer', () => {
  it('is a part of its model: another one makes another version', async (t) => {
    const house = await makeReviews(t);
    const readPlan = async () => JSON.parse((await house.run('plan', '--json')).stdout).plans[0];
    const before = await readPlan();
    const file = fixtureFile(WORDPIECE.name, 'tokenizer.json');
    writeProjectFile(house, 't.json', readFileSync(file, 'utf8').replace('"id":4', '"id": 4'));
    const target = readFileSync(join(house.dir, 'targets/a.yml'), 'utf8');
    writeProjectFile(house, 'targets/a.yml', target.replace(JSON.stringify(file), 't.json'));
    const after = await readPlan();
    assert.match(after.model.engine, /^onnxruntime-node [\d.]+, tokenizers [\d.]+$/);
    assert.notEqual(after.model.sha256, before.model.sha256);
    assert.notEqual(after.contractHash, before.contractHash);
    assert.notEqual(after.fingerprint, before.fingerprint);
  });

  it('serves one of several models, beside one that takes columns', async (t) => {
    const file = (fixture: string, name: string) => JSON.stringify(fixtureFile(fixture, name));
    const house = await makeHouse(t, 'duckdb', {
      a: `source: { sql: select * from source }
key: [id]
models:
  - { name: words, uri: ${file('text/wordpiece', 'model.onnx')}, tokenizer: { file: ${file('text/wordpiece', 'tokenizer.json')}, column: review } }
  - { name: bytes, uri: ${file('text/bpe', 'model.onnx')}, tokenizer: { file: ${file('text/bpe', 'tokenizer.json')}, column: review } }
features: { review: { nulls: { value: "" } } }
outputs: { score: {} }
`,
    });
    await house.execute("create table source as select 1 as id, 'great' as review union all select 2, null");
    const { code, stderr } = await house.run('run');
    assert.equal(code, 0, stderr);
    const [row] = await house.query('select count(words_score), count(bytes_score) from predictions.a');
    assert.deepEqual(row, ['2', '2']);
  });

  for (const { what, tokenizer, message } of [
    {
      what: 'that is missing',
      tokenizer: '{ file: t.json, column: review }',
      message: /tokenizer t\.json: no such file/,
    },
    {
      what: 'that the library does not take',
      tokenizer: '{ file: bad.json, column: review }',
      message: /MODEL_INVALID .*tokenizer bad\.json: .*\n.*The tokenizers library does not take the file/,
    },
    {
      what: 'that gives more tokens than the model has positions',
      tokenizer: `{ file: ${JSON.stringify(fixtureFile('text/wordpiece', 'tokenizer.json'))}, column: review, max_length: 64 }`,
      message: /the model does not take texts of 64 tokens: /,
    },
  ]) {
    it(`${what} is exit code 2`, async (t) => {
      const house = await makeReviews(t, { tokenizer });
      writeProjectFile(house, 'bad.json', '{ "model": { "type": "Magic" } }');
      const { code, stderr } = await house.run('check');
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    });
  }
});

/** Makes the tables `scaled` and `expected`; DuckDB reads the files for every warehouse. */
async function fill(house: House, fixture: Fixture): Promise<void> {
  const file = house.kind === 'duckdb' ? house.at : join(house.dir, 'fixtures.duckdb');
  await executeOn(file, ...loadFixture(fixture), SCALED);
  if (house.kind === 'postgres') await copyTables(file, house.at, ['scaled', 'expected']);
}

function nameOf(chunkRows: number, workers: number): string {
  return `chunks_${chunkRows}_workers_${workers}`;
}
