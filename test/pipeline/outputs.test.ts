import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLOURS, makeColours, renderColours, succeed } from '../support/colours.js';
import { HOUSES, type House, writeTarget } from '../support/house.js';

const OUTPUTS = [
  'p_blue: { from: texts, class: blue, range: [0, 1] }',
  'p_grey: { from: texts, class: dark grey }',
  'p_big: { from: integers, class: "9007199254740993" }',
  'p_minus: { from: integers, class: -1 }',
  'p_index: { from: plain, class: 2 }',
  'each: { from: plain }',
  'arr: { from: plain, as: array }',
  'wide: { from: doubles, as: array }',
  'over_zero: { from: positive, as: array }',
  'two: { from: two_places, as: array }',
  'single: { from: one, as: array }',
  'likely: { from: texts, class: red, threshold: 0.5 }',
  'risk: { from: one, bands: { low: 0.25, mid: 0.5, high: 1 } }',
  'best: { from: texts, top_k: 2, range: [0, 1] }',
  'code: { from: integers, top_k: 1 }',
  'place: { from: plain, top_k: 1 }',
  'fixed: { from: one, calibrate: { sigmoid: [-2, 0.5] } }',
  'fixed_risk: { from: one, calibrate: { sigmoid: [-2, 0.5] }, bands: { low: 0.5, high: 1 } }',
  'texts_label: {}',
];

/** What each column must be, over the columns of `source`. */
const GREATEST = 'greatest(red, green, blue, grey)';
const PLACE = `case ${GREATEST} when red then 0 when green then 1 when blue then 2 else 3 end`;
const LABEL = `case ${PLACE} when 0 then 'red' when 1 then 'green' when 2 then 'blue' else 'dark grey' end`;
const PLATT = '1 / (1 + exp(-2 * cast(red as double precision) + 0.5))';
const WRONG = Object.entries({
  p_blue: 'blue',
  p_grey: 'grey',
  p_big: 'grey',
  p_minus: 'green',
  p_index: 'blue',
  ...Object.fromEntries(COLOURS.map((colour, i) => [`each_${i}`, colour])),
  ...Object.fromEntries(COLOURS.map((colour, i) => [`arr[${i + 1}]`, colour])),
  ...Object.fromEntries(COLOURS.map((colour, i) => [`wide[${i + 1}]`, colour])),
  ...Object.fromEntries(COLOURS.map((colour, i) => [`over_zero[${i + 1}]`, `${colour} > 0`])),
  'single[1]': 'red',
  'two[1]': PLACE,
  likely: 'red >= 0.5',
  risk: "case when red <= 0.25 then 'low' when red <= 0.5 then 'mid' else 'high' end",
  best_1: LABEL,
  best_1_score: GREATEST,
  code_1: `case ${PLACE} when 0 then 10 when 1 then -1 when 2 then 20 else 9007199254740993 end`,
  place_1: PLACE,
  place_1_score: GREATEST,
  fixed: `cast(${PLATT} as real)`,
  fixed_risk: `case when cast(${PLATT} as real) <= 0.5 then 'low' else 'high' end`,
  texts_label: LABEL,
}).map(([column, sql]) => `count(*) filter (where ${column} is distinct from ${sql})`);

for (const kind of HOUSES) {
  for (const strategy of ['swap', 'merge']) {
    test(`every kind of output is what its scores say, under ${strategy} (${kind})`, async (t) => {
      const target = renderColours(OUTPUTS.join(', '), `write: { strategy: ${strategy} }`);
      const house = await makeColours(t, kind, { scores: target }, 2500);
      await succeed(house, 'run');
      await assertRight(house, 2500);
      await house.execute(
        'update source set red = 1 - red, blue = grey where id % 3 = 0',
        'delete from source where id > 2400',
      );
      await succeed(house, 'run');
      await assertRight(house, 2400);
      await succeed(house, 'rollback', 'scores');
      await succeed(house, 'verify', 'scores');
      const [rows] = await house.query('select count(*) from predictions.scores');
      assert.deepEqual(rows, ['2500']);
    });
  }

  test(`a second place is the best of the others (${kind})`, async (t) => {
    const house = await makeColours(
      t,
      kind,
      { scores: renderColours('best: { from: texts, top_k: 4 }') },
      40,
    );
    await succeed(house, 'run');
    const [wrong] = await house.query(
      `select count(*) filter (where best_1_score < best_2_score or best_3_score < best_4_score),
        count(*) filter (where best_2 in (best_1, best_3, best_4)),
        count(*) filter (where best_2_score is distinct from case best_2 when 'red' then red when 'green' then green
          when 'blue' then blue else grey end)
      from predictions.scores join source using (id)`,
    );
    assert.deepEqual(wrong, ['0', '0', '0']);
  });

  test(`kept rows keep their arrays (${kind})`, async (t) => {
    const target = renderColours('arr: { from: plain, as: array }', 'write: { deletes: keep }');
    const house = await makeColours(t, kind, { scores: target }, 100);
    await succeed(house, 'run');
    await house.execute('delete from source where id > 60');
    await succeed(house, 'run');
    await succeed(house, 'verify', 'scores');
    const rows = await house.query('select count(*), count(arr[4]) from predictions.scores');
    assert.deepEqual(rows, [['100', '100']]);
  });

  test(`a changed element is found (${kind})`, async (t) => {
    const house = await makeColours(
      t,
      kind,
      { scores: renderColours('arr: { from: plain, as: array }') },
      50,
    );
    await succeed(house, 'run');
    const elements = ['arr[1]', 'arr[2]', 'arr[3]', 'arr[4] + 1'].join(', ');
    const array = kind === 'duckdb' ? `array_value(${elements})` : `array[${elements}]`;
    await house.execute(`update predictions.scores__v1 set arr = ${array} where id = 7`);
    const { code, stderr } = await house.run('verify', 'scores');
    assert.equal(code, 3, stderr);
    assert.match(stderr, /values were changed/);
  });

  test(`an array that becomes columns is a change of columns (${kind})`, async (t) => {
    const house = await makeColours(
      t,
      kind,
      { scores: renderColours('arr: { from: plain, as: array }') },
      10,
    );
    await succeed(house, 'run');
    await succeed(house, 'run');
    writeTarget(house, 'scores', renderColours('arr: { from: one }'));
    const { code, stderr } = await house.run('run');
    assert.equal(code, 2, stderr);
    assert.match(stderr, /would change from "arr" float\[4?\] to "arr" float/);
  });

  for (const [rejected, rows] of [
    ['drop', 898],
    ['null', 900],
  ] as const) {
    test(`rejected rows have no output of any kind under rejected_rows: ${rejected} (${kind})`, async (t) => {
      const more = `features: { red: { nulls: quarantine } }\nerrors: { budget: 10, rejected_rows: ${rejected} }`;
      const house = await makeColours(t, kind, { scores: renderColours(OUTPUTS.join(', '), more) }, 900);
      await house.execute('update source set red = null where id in (3, 500)');
      await succeed(house, 'run');
      await succeed(house, 'verify', 'scores');
      const columns = [
        'arr',
        'wide',
        'over_zero',
        'likely',
        'risk',
        'best_1',
        'best_2_score',
        'code_1',
        'fixed',
      ];
      const counts = columns.map((column) => `count(${column})`).join(', ');
      const [found] = await house.query(`select count(*), ${counts} from predictions.scores`);
      assert.deepEqual(found, [String(rows), ...columns.map(() => '898')]);
    });
  }

  test(`an empty input, and a trial of a few rows (${kind})`, async (t) => {
    const target = renderColours(OUTPUTS.join(', '), 'allow_empty: true');
    const house = await makeColours(t, kind, { scores: target }, 900);
    await succeed(house, 'run', '--limit', '500');
    assert.equal((await house.query('select count(*) from source')).length, 1);
    await house.execute('delete from source');
    await succeed(house, 'run');
    await succeed(house, 'verify', 'scores');
    assert.deepEqual(await house.query('select count(*) from predictions.scores'), [['0']]);
  });
}

async function assertRight(house: House, rows: number): Promise<void> {
  const [[count, ...wrong] = []] = await house.query(
    `select count(*), ${WRONG.join(', ')} from predictions.scores join source using (id)`,
  );
  assert.equal(count, String(rows));
  assert.deepEqual(
    WRONG.filter((_, i) => wrong[i] !== '0'),
    [],
  );
  await succeed(house, 'verify', 'scores');
}
