import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeColours, renderColours, succeed } from '../support/colours.js';
import { HOUSES, writeTarget } from '../support/house.js';

for (const [what, output, message, hint] of [
  [
    'a class that is no label',
    'p: { from: texts, class: 1 }',
    'outputs.p: class 1 is not among the 4 values of "texts"',
    'Its classes are "red", "green", "blue", "dark grey".',
  ],
  [
    'an index where labels are integers',
    'p: { from: integers, class: 0 }',
    'outputs.p: class 0 is not among the 4 values of "integers"',
    'Its classes are 10, -1, 20, 9007199254740993.',
  ],
  [
    'bands without a class',
    'p: { from: texts, bands: { low: 0.5, high: 1 } }',
    'outputs.p: "texts" gives 4 values a row',
    'Pick one with class: "red", "green", "blue", "dark grey".',
  ],
  [
    'a threshold of labels',
    'p: { from: texts_label, threshold: 1 }',
    'outputs.p.threshold needs scores of float or double, "texts_label" gives string',
    '',
  ],
  [
    'two outputs of one column',
    'p: { from: texts, top_k: 2 }, P_1: { from: one }',
    'the predictions would have two columns "p_1"',
    'Rename the output',
  ],
] as const) {
  test(`${what} is refused before anything is written`, async (t) => {
    const house = await makeColours(t, 'duckdb', { scores: renderColours(output) }, 3);
    const { code, stderr } = await house.run('run');
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(message), stderr);
    assert.ok(stderr.includes(hint), stderr);
  });
}

test('an index over an array is refused', async (t) => {
  const target = renderColours('arr: { from: plain, as: array }', 'write: { indexes: [arr] }');
  const house = await makeColours(t, 'postgres', { scores: target }, 3);
  const { code, stderr } = await house.run('run');
  assert.equal(code, 2, stderr);
  assert.match(stderr, /write\.indexes: "arr" is float\[4\], and arrays are predictions only/);
});

for (const kind of HOUSES) {
  test(`predictions with arrays can be a source, but arrays are only predictions (${kind})`, async (t) => {
    const house = await makeColours(
      t,
      kind,
      { scores: renderColours('arr: { from: plain, as: array }') },
      20,
    );
    await succeed(house, 'run');
    const next = (more: string) =>
      renderColours('p: { from: one }', more).replace(
        'select * from source',
        '"select p.*, s.red, s.green, s.blue, s.grey from predictions.scores as p join source as s using (id)"',
      );
    writeTarget(house, 'next', next(''));
    await succeed(house, 'run', 'next');
    for (const [more, message] of [
      ['passthrough: [arr]', /passthrough: "arr" is float\[4?\], and arrays are predictions only/],
      [
        'features: { red: { column: arr } }',
        /feature "arr" has type (FLOAT\[4\]|real\[\]), which a float32 input/,
      ],
    ] as const) {
      writeTarget(house, 'next', next(more));
      const { code, stderr } = await house.run('run', 'next');
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
    writeTarget(house, 'next', next('').replace('key: [id]', 'key: [arr]'));
    const { code, stderr } = await house.run('run', 'next');
    assert.equal(code, 2, stderr);
    assert.match(stderr, /key: "arr" is float\[4?\], and arrays/);
  });
}
