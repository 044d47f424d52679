import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUSES } from '../support/house.js';
import { good, makeRejecting, publish, rewrite } from '../support/rejecting.js';

const TARGET = {
  policies: { f: 'nulls: quarantine', word: 'allowed: [a]' },
  key: 'id, part',
};

for (const kind of HOUSES) {
  test(`quarantine shows what the last run rejected, and no values of features (${kind})`, async (t) => {
    const house = await makeRejecting(
      t,
      kind,
      TARGET,
      good(1),
      `2, 'o''p', null, 2, 3, true, 'secret word'`,
      `3, 'p', null, 2, 3, true, 'a'`,
    );
    const none = await house.run('quarantine', 'scores');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /scores has not run yet/);
    await publish(house);
    const [[runId = ''] = []] = await house.query('select run_id from scorehouse.runs');

    const shown = await house.run('quarantine', 'scores', '--limit', '2');
    assert.equal(shown.code, 0, shown.stderr);
    assert.equal(
      shown.stdout,
      `scores: run ${runId} (published) rejected 2 rows
feature  reason  rows
f64      null    2
text     unseen  1

the first 2 of 3, from predictions.scores__quarantine:
id  part  feature  reason
2   o'p   f64      null
2   o'p   text     unseen
`,
    );
    const json = JSON.parse((await house.run('quarantine', 'scores', '--json')).stdout) as object;
    assert.deepEqual(json, {
      target: 'scores',
      run_id: runId,
      state: 'published',
      rows_rejected: 2,
      table: 'predictions.scores__quarantine',
      summary: [
        { feature: 'f64', reason: 'null', rows: 2 },
        { feature: 'text', reason: 'unseen', rows: 1 },
      ],
      key: ['id', 'part'],
      rejects: [
        { id: 2, part: "o'p", feature: 'f64', reason: 'null' },
        { id: 2, part: "o'p", feature: 'text', reason: 'unseen' },
        { id: 3, part: 'p', feature: 'f64', reason: 'null' },
      ],
    });

    await house.execute("update source set f = 1, word = 'a'");
    await publish(house);
    assert.match((await house.run('quarantine', 'scores')).stdout, /\(published\) rejected 0 rows\n$/);
    const earlier = await house.run('quarantine', 'scores', '--run', String(runId));
    assert.match(earlier.stdout, /all, from predictions/);
    const unknown = await house.run('quarantine', 'scores', '--run', 'nobody');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /scores has no run nobody/);
  });
}

test('a run tells a person what it rejected and replaced', async (t) => {
  const target = { policies: { f: 'nulls: quarantine', word: "nulls: { value: '' }" } };
  const house = await makeRejecting(t, 'duckdb', target, good(1), `2, 'p', null, 2, 3, true, null`);
  await house.execute(`insert into source values (3, 'p', 1, 2, 3, true, null)`);
  const { stdout } = await house.run('run');
  assert.match(
    stdout,
    / {2}feature {4}text null: 1 rows replaced\n {2}feature {4}f64 null: 1 rows rejected\n/,
  );
  rewrite(house, { ...target, policies: {} });
  await house.execute("update source set f = 1, word = 'a'");
  assert.doesNotMatch((await house.run('run')).stdout, /feature/);
});
