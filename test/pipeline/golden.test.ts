import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, type House, type HouseKind, makeHouse, writeTarget } from '../support/house.js';
import { writeProjectFile } from '../support/project.js';

/** Every type that a feature may have, with what is hard about each. */
const SOURCE = [
  'create table source (id bigint, price numeric(8, 2), weight real, big bigint, small integer, flag boolean, note varchar)',
  `insert into source values
    (1, 12.30, 0.1, 9007199254740993, -1, true, 'comma, "quote" and
a line'),
    (2, -0.05, 1e-30, -9223372036854775808, 2147483647, false, ''),
    (3, null, null, 0, 0, true, null),
    (4, 999999.99, 16777216, 1, 1, false, 'naïve 日本語 😀')`,
];

const TARGET = `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features:
  f32: { column: weight, nulls: nan }
  f64: { column: price, nulls: nan }
  i64: { column: big }
  i32: { column: small }
  flag: { column: flag }
  text: { column: note, nulls: { value: nothing } }
outputs:
  weight_same: { from: f32_same, nonfinite: null }
  price_third: { from: f64_third, nonfinite: keep }
  big_same: { from: i64_same }
  small_negated: { from: i32_negated }
  flag_not: { from: flag_not }
  note_same: { from: text_same }
`;

const GOLDEN = 'golden: { file: golden/a.csv, tolerance: 0 }\n';

/** What `model golden` writes for the source. */
const FILE = `weight,price,small,big,flag,note,weight_same,price_third,big_same,small_negated,flag_not,note_same
`;

async function makeTypes(t: TestContext, kind: HouseKind, more = ''): Promise<House> {
  const house = await makeHouse(t, kind, { a: TARGET + more });
  await house.execute(...SOURCE);
  return house;
}

function readGolden({ dir }: House): string {
  return readFileSync(join(dir, 'golden/a.csv'), 'utf8');
}

/** True where anything of scorehouse is in the warehouse. */
async function isTouched(house: House): Promise<boolean> {
  const rows = await house.query(
    "select 1 from information_schema.schemata where schema_name in ('scorehouse', 'predictions')",
  );
  return rows.length > 0;
}

for (const kind of HOUSES) {
  describe(`golden rows (${kind})`, () => {
    it('are made from the first rows by key, and score the same to the last bit', async (t) => {
      const house = await makeTypes(t, kind);
      const made = await house.run('model', 'golden', 'a', '--rows', '3');
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stdout, /^golden\/a\.csv: 3 rows\nnext: write golden: /);
      assert.equal(await isTouched(house), false);
      assert.equal(
        readGolden(house),
        `${FILE.trim()}
0.1,12.30,-1,9007199254740993,true,"comma, ""quote"" and
a line",0.1,4.1,9007199254740993,1,false,"comma, ""quote"" and
a line"
1e-30,-0.05,2147483647,-9223372036854775808,false,"",1e-30,-0.016666666666666666,-9223372036854775808,-2147483647,true,""
,,0,0,true,,,NaN,0,0,false,"nothing"
`,
      );
      writeTarget(house, 'a', TARGET + GOLDEN);
      const { code, stdout, stderr } = await house.run('run');
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /golden {5}3 rows of golden\/a\.csv scored as expected/);
    });

    it('that score differently refuse the run before anything is written', async (t) => {
      const house = await makeTypes(t, kind);
      assert.equal((await house.run('model', 'golden', 'a')).code, 0);
      writeTarget(house, 'a', TARGET + GOLDEN);
      writeProjectFile(house, 'golden/a.csv', readGolden(house).replace(',4.1,', ',4.25,'));
      const { code, stderr } = await house.run('run');
      assert.equal(code, 3, stderr);
      assert.match(
        stderr,
        /GOLDEN_MISMATCH .*1 of 4 golden rows of golden\/a\.csv score differently here: price_third in 1 row, by up to 0\.15; line 2: price_third expected 4\.25, got 4\.1\n/,
      );
      assert.equal(await isTouched(house), false);
    });

    it('may be off by the tolerance', async (t) => {
      const house = await makeTypes(t, kind, GOLDEN.replace('tolerance: 0', 'tolerance: 0.2'));
      assert.equal((await house.run('model', 'golden', 'a')).code, 0);
      writeProjectFile(house, 'golden/a.csv', readGolden(house).replace(',4.1,', ',4.25,'));
      const { code, stderr } = await house.run('run');
      assert.equal(code, 0, stderr);
    });

    it('leave a live version as it is when they refuse', async (t) => {
      const house = await makeTypes(t, kind, GOLDEN);
      assert.equal((await house.run('model', 'golden', 'a')).code, 0);
      assert.equal((await house.run('run')).code, 0);
      writeProjectFile(house, 'golden/a.csv', readGolden(house).replace(',4.1,', ',4.25,'));
      assert.equal((await house.run('run')).code, 3);
      assert.deepEqual(await house.query('select count(*) from predictions.a'), [['4']]);
      assert.deepEqual(await house.query('select max(publish_seq), count(*) from scorehouse.publishes'), [
        ['1', '1'],
      ]);
    });
  });
}

describe('a golden file', () => {
  const CASES: readonly { readonly what: string; readonly file: string | null; readonly message: RegExp }[] =
    [
      { what: 'is missing', file: null, message: /golden rows golden\/a\.csv: no such file/ },
      { what: 'is no CSV', file: 'id\n"1\n', message: /golden\/a\.csv:2:1: a quote that is opened here/ },
      { what: 'has no rows', file: FILE, message: /golden\/a\.csv:1:1: no rows below the header/ },
      {
        what: 'has a name that nobody knows',
        file: 'weight,wight\n1,2\n',
        message: /golden\/a\.csv:1:8: "wight" is neither a feature, nor a prediction/,
      },
      {
        what: 'lacks a feature',
        file: 'weight,weight_same\n1,1\n',
        message: /golden\/a\.csv:1:1: the feature "price" is missing/,
      },
      {
        what: 'has no prediction',
        file: 'weight,price,small,big,flag,note\n1,1,1,1,true,\n',
        message: /golden\/a\.csv:1:1: no prediction to compare with/,
      },
      {
        what: 'has a value that its column cannot hold',
        file: 'id,weight,price,small,big,flag,note,weight_same\n1,1,1.234,1,1,true,,1\n',
        message: /golden\/a\.csv:2:5: price: "1\.234" is not a value of type decimal\(8,2\)/,
      },
      {
        what: 'has a row of another width',
        file: 'weight,price\n1\n',
        message: /golden\/a\.csv:2:1: a row of 1 values under a header of 2 names/,
      },
    ];
  for (const { what, file, message } of CASES) {
    it(`that ${what} is exit code 2, for run and plan`, async (t) => {
      const house = await makeTypes(t, 'duckdb', GOLDEN);
      if (file !== null) writeProjectFile(house, 'golden/a.csv', file);
      for (const command of ['run', 'plan']) {
        const { code, stderr } = await house.run(command);
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
      }
    });
  }

  it('of a feature and a prediction of one name has the feature first', async (t) => {
    const target = TARGET.replace('note_same:', 'weight: { from: f32_same, nonfinite: keep }\n  note_same:');
    const house = await makeHouse(t, 'duckdb', { a: target + GOLDEN });
    await house.execute(...SOURCE);
    assert.equal((await house.run('model', 'golden', 'a')).code, 0);
    assert.match(readGolden(house), /^weight,price.*,weight,/);
    assert.equal((await house.run('run')).code, 0);
  });

  it('is written into the plan, and changes no fingerprint', async (t) => {
    const house = await makeTypes(t, 'duckdb');
    assert.equal((await house.run('model', 'golden', 'a')).code, 0);
    const readPlan = async () => JSON.parse((await house.run('plan', '--json')).stdout).plans[0];
    const without = await readPlan();
    writeTarget(house, 'a', TARGET + GOLDEN);
    const plan = await readPlan();
    assert.equal(plan.fingerprint, without.fingerprint);
    const { sha256, ...rest } = plan.golden;
    assert.deepEqual(rest, { file: 'golden/a.csv', rows: 4, tolerance: 0 });
    assert.match(sha256, /^[0-9a-f]{64}$/);
  });

  it('is not replaced unless --force says so', async (t) => {
    const house = await makeTypes(t, 'duckdb');
    writeProjectFile(house, 'golden/a.csv', 'mine\n');
    const refused = await house.run('model', 'golden', 'a');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /golden\/a\.csv is there already/);
    assert.equal(readGolden(house), 'mine\n');
    assert.equal((await house.run('model', 'golden', 'a', '--force')).code, 0);
    assert.notEqual(readGolden(house), 'mine\n');
  });

  it('cannot be made where the source is empty', async (t) => {
    const house = await makeTypes(t, 'duckdb', 'allow_empty: true\n');
    await house.execute('delete from source');
    const { code, stderr } = await house.run('model', 'golden', 'a');
    assert.equal(code, 3, stderr);
    assert.match(stderr, /EMPTY_INPUT/);
  });
});
