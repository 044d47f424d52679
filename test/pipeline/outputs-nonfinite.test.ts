import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeColours, renderColours, succeed } from '../support/colours.js';
import { HOUSES, type House } from '../support/house.js';

/** Three of ten rows have a score that is no number, in `red` alone. */
const SPOIL = [
  "update source set red = 'NaN' where id = 3",
  "update source set red = 'Infinity' where id = 5",
  "update source set red = '-Infinity' where id = 7",
];

const OUTPUTS = {
  array: 'x: { from: plain, as: array',
  threshold: 'x: { from: plain, class: 0, threshold: 0.5',
  bands: 'x: { from: plain, class: 0, bands: { low: 0.5, high: 1 }',
  best: 'x: { from: plain, top_k: 2',
} as const;

async function makeSpoiled(t: Parameters<typeof makeColours>[0], kind: House['kind'], output: string) {
  const house = await makeColours(t, kind, { scores: renderColours(`${output} }`) }, 10);
  await house.execute(...SPOIL);
  return house;
}

for (const kind of HOUSES) {
  for (const [what, finding, ids] of [
    ['array', 'x finite: 3 arrays hold a NaN or infinite value', ['3', '5', '7']],
    ['threshold', 'x finite: 3 scores are NaN or infinite', ['3', '5', '7']],
    ['bands', 'x finite: 3 scores are NaN or infinite', ['3', '5', '7']],
    ['best', 'x_1_score finite: 2 values are NaN or infinite', ['3', '5']],
  ] as const) {
    test(`scores that are no numbers refuse a run of ${what}, and are shown (${kind})`, async (t) => {
      const house = await makeSpoiled(t, kind, OUTPUTS[what]);
      const { code, stderr } = await house.run('run');
      assert.equal(code, 3, stderr);
      assert.ok(stderr.includes(finding), stderr);
      assert.deepEqual(await look(house, stderr), ids);
    });
  }

  test(`scores that are no numbers are NULL where that is the policy (${kind})`, async (t) => {
    const values = {
      array: ['x', 'x'],
      threshold: ['x', 'x'],
      bands: ['x', 'x'],
      best: ['x_1', 'x_1_score'],
    };
    for (const [what, output] of Object.entries(OUTPUTS)) {
      const house = await makeSpoiled(t, kind, `${output}, nonfinite: null`);
      await succeed(house, 'run');
      await succeed(house, 'verify', 'scores');
      const [label, score] = values[what as keyof typeof values] as [string, string];
      const nulls = async (column: string) =>
        (await house.query(`select id from predictions.scores where ${column} is null order by id`)).flat();
      assert.deepEqual(await nulls(label), what === 'best' ? ['3'] : ['3', '5', '7'], `${what}: ${label}`);
      assert.deepEqual(
        await nulls(score),
        what === 'best' ? ['3', '5'] : ['3', '5', '7'],
        `${what}: ${score}`,
      );
    }
  });

  test(`scores that are no numbers are kept in arrays, and NULL behind a boolean or a text (${kind})`, async (t) => {
    for (const [what, output] of Object.entries(OUTPUTS)) {
      const house = await makeSpoiled(t, kind, `${output}, nonfinite: keep`);
      await succeed(house, 'run');
      await succeed(house, 'verify', 'scores');
      const column = { array: 'x[1]', threshold: 'x', bands: 'x', best: 'x_1_score' }[what];
      const rows = await house.query(
        `select cast(${column} as text) from predictions.scores where id in (3, 5, 7) order by id`,
      );
      const found = rows.map(([text]) => text?.toLowerCase().replace('infinity', 'inf') ?? null);
      if (what === 'array') assert.deepEqual(found, ['nan', 'inf', '-inf']);
      else if (what === 'best') assert.deepEqual(found.slice(0, 2), ['nan', 'inf']);
      else assert.deepEqual(found, [null, null, null]);
    }
  });

  test(`a score above the last band refuses the run, and is shown (${kind})`, async (t) => {
    const house = await makeColours(
      t,
      kind,
      { scores: renderColours('x: { from: one, bands: { low: 0.5, high: 1 }, nonfinite: null }') },
      10,
    );
    await house.execute(
      'update source set red = 1.0000005 where id = 4',
      'update source set red = 1.5 where id = 6',
    );
    const { code, stderr } = await house.run('run');
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /x bands: 1 scores lie above 1, the bound of the last band "high", by more than 0\.000001/,
    );
    assert.deepEqual(await look(house, stderr), ['6']);
  });

  test(`a range holds for the best classes' scores, and for calibrated ones (${kind})`, async (t) => {
    const outputs =
      'x: { from: plain, top_k: 1, range: [0, 1] }, y: { from: one, calibrate: { sigmoid: [-1, 0] }, range: [0.5, 1] }';
    const house = await makeColours(t, kind, { scores: renderColours(outputs) }, 10);
    await house.execute('update source set grey = 3 where id = 4', 'update source set red = -1 where id = 5');
    const { code, stderr } = await house.run('run');
    assert.equal(code, 3, stderr);
    assert.match(stderr, /x_1_score range: 1 values lie outside/);
    assert.match(stderr, /y range: 1 values lie outside/);
  });

  test(`arrays keep their -0, NULLs are counted in their metrics, and labels in those of the others (${kind})`, async (t) => {
    const outputs =
      'x: { from: plain, as: array, nonfinite: null }, y: { from: one, threshold: 0.5, nonfinite: null }';
    const house = await makeColours(t, kind, { scores: renderColours(outputs) }, 10);
    await house.execute("update source set green = '-0.0'", ...SPOIL);
    await succeed(house, 'run');
    await succeed(house, 'verify', 'scores');
    const metrics = await house.query(
      'select column_name, rows, nulls, min, cast(histogram is null as text) from scorehouse.metrics order by column_name',
    );
    assert.deepEqual(metrics, [
      ['x', '10', '3', null, 'true'],
      ['y', '10', '3', null, 'false'],
    ]);
    const zeros = await house.query(
      'select distinct cast(x[2] as text) from predictions.scores where x is not null',
    );
    assert.deepEqual(zeros, [[kind === 'duckdb' ? '-0.0' : '-0']]);
  });
}

/** The ids that the query of a refusal's hint finds. */
async function look(house: House, stderr: string): Promise<readonly (string | null)[]> {
  const [query] = /select \* from .* limit 100/.exec(stderr) ?? [];
  assert.ok(query !== undefined, stderr);
  return (await house.query(`select id from (${query}) as looked order by id`)).flat();
}
