import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, type House, type HouseKind, makeHouse } from '../support/house.js';

/** No rows: tests need its columns only. */
const SOURCE =
  'create table source (id bigint, weight real, price numeric(8, 2), big bigint, small integer, flag boolean, note varchar)';

const TARGET = `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features:
  f32: { column: weight, nulls: nan }
  f64: { column: price, nulls: nan }
  i64: { column: big, nulls: { value: 7 } }
  i32: { column: small, nulls: { value: 0 } }
  flag: { column: flag, nulls: { value: false } }
  text: { column: note, nulls: { value: nothing } }
outputs:
  weight_same: { from: f32_same, nonfinite: null }
  price_third: { from: f64_third, nonfinite: keep }
  big_same: { from: i64_same }
  flag_not: { from: flag_not }
  note_same: { from: text_same }
`;

async function makeTested(t: TestContext, kind: HouseKind, ...tests: readonly string[]): Promise<House> {
  const house = await makeHouse(t, kind, {
    a: `${TARGET}tests:\n${tests.map((each) => `  - ${each}\n`).join('')}`,
  });
  await house.execute(SOURCE);
  return house;
}

/** Each passes by itself. */
const PASSING: readonly string[] = [
  '{ given: { weight: 0.1 }, expect: { weight_same: 0.1 } }',
  '{ given: { price: 12.3 }, expect: { price_third: { near: 4.1, within: 1e-9 } } }',
  '{ given: { price: "12.30" }, expect: { price_third: [4, 4.2] } }',
  '{ given: { big: "9007199254740993" }, expect: { big_same: "9007199254740993" } }',
  '{ given: { i64: -3 }, expect: { big_same: -3 } }',
  '{ given: { flag: true }, expect: { flag_not: false } }',
  '{ given: { NOTE: "" }, expect: { note_same: "" } }',
  '{ given: { note: null }, expect: { note_same: nothing, big_same: 7, weight_same: null, price_third: "NaN" } }',
  '{ given: {}, expect: { note_same: nothing } }',
];

for (const kind of HOUSES) {
  describe(`scorehouse test (${kind})`, () => {
    it('scores examples without rows and without a ledger', async (t) => {
      const house = await makeTested(t, kind, ...PASSING);
      const { code, stdout, stderr } = await house.run('test');
      assert.equal(code, 0, stdout + stderr);
      assert.equal(stdout.match(/^ok {4}a: /gm)?.length, PASSING.length);
      assert.deepEqual(
        await house.query(
          "select 1 from information_schema.schemata where schema_name in ('scorehouse', 'predictions')",
        ),
        [],
      );
    });

    it('tells each test that fails, what was expected and what it got', async (t) => {
      const house = await makeTested(
        t,
        kind,
        '{ name: right, given: { weight: 1 }, expect: { weight_same: 1 } }',
        '{ name: all wrong, given: { weight: 0.25, note: b }, expect: { weight_same: [0.5, 1], note_same: a, price_third: 3, flag_not: false } }',
      );
      const { code, stdout } = await house.run('test', 'a');
      assert.equal(code, 3);
      assert.equal(
        stdout,
        `ok    a: right
fail  a: all wrong; weight_same expected 0.5 to 1, got 0.25; note_same expected a, got b; price_third expected 3, got NaN; flag_not expected false, got true
`,
      );
    });
  });
}

describe('scorehouse test', () => {
  it('--json is one document', async (t) => {
    const house = await makeTested(
      t,
      'duckdb',
      '{ name: one, given: { weight: 1 }, expect: { weight_same: 2 } }',
    );
    const { code, stdout } = await house.run('test', '--json');
    assert.equal(code, 3);
    assert.deepEqual(JSON.parse(stdout), {
      targets: [
        {
          target: 'a',
          tests: [
            { name: 'one', passed: false, failures: [{ column: 'weight_same', expected: '2', got: '1' }] },
          ],
        },
      ],
    });
  });

  it('is content with a target without tests', async (t) => {
    const house = await makeHouse(t, 'duckdb', { a: TARGET });
    await house.execute(SOURCE);
    const { code, stdout } = await house.run('test');
    assert.equal(code, 0);
    assert.equal(stdout, 'none  a: no tests\n');
  });

  it('knows a failing test from one that a NULL makes impossible', async (t) => {
    const strict = TARGET.replace('f32: { column: weight, nulls: nan }', 'f32: { column: weight }');
    const tests = 'tests: [{ given: { price: 1 }, expect: { price_third: 1 } }]\n';
    const house = await makeHouse(t, 'duckdb', { a: strict + tests });
    await house.execute(SOURCE);
    const { code, stderr } = await house.run('test');
    assert.equal(code, 2);
    assert.match(stderr, /tests\[0\]: the feature "weight" is not given, and its NULLs fail a run/);
  });

  for (const { what, test, message } of [
    {
      what: 'a feature that is not there',
      test: '{ given: { wight: 1 }, expect: { weight_same: 1 } }',
      message: /tests\[0\]\.given: "wight" is not among the columns of the features\n.*weight/,
    },
    {
      what: 'a column that is no feature',
      test: '{ given: { id: 1 }, expect: { weight_same: 1 } }',
      message: /tests\[0\]\.given: "id" is not among the columns of the features/,
    },
    {
      what: 'a prediction that is not there',
      test: '{ given: {}, expect: { score: 1 } }',
      message: /tests\[0\]\.expect: "score" is not among the columns of the predictions/,
    },
    {
      what: 'a text for a number',
      test: '{ given: { small: many }, expect: { weight_same: 1 } }',
      message: /tests\[0\]\.given\.small: "many" is not a whole number \(int32\)/,
    },
    {
      what: 'a number for a text',
      test: '{ given: { note: 7 }, expect: { weight_same: 1 } }',
      message: /"note" is a text, got 7\n.*note: "7"/,
    },
    {
      what: 'a number that YAML may have rounded',
      test: '{ given: { big: 9007199254740993 }, expect: { weight_same: 1 } }',
      message: /"big": a number of more than 15 digits may have lost some/,
    },
    {
      what: 'a digit too many',
      test: '{ given: { price: 1.005 }, expect: { weight_same: 1 } }',
      message: /tests\[0\]\.given\.price: "1\.005" is not a value of type decimal\(8,2\)/,
    },
    {
      what: 'a range of a text',
      test: '{ given: {}, expect: { note_same: [0, 1] } }',
      message: /tests\[0\]\.expect\.note_same: "note_same" is text, no number/,
    },
    {
      what: 'nothing expected',
      test: '{ given: {}, expect: {} }',
      message: /tests\[0\]: it expects nothing/,
    },
  ]) {
    it(`cannot ask ${what}: exit code 2`, async (t) => {
      const house = await makeTested(t, 'duckdb', test);
      const { code, stderr } = await house.run('test');
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    });
  }
});
