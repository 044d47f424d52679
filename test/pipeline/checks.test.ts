import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUSES, writeTarget } from '../support/house.js';
import { makeSource, publish, ROWS, renderTarget, SEEN } from '../support/scores.js';
import { gateOf } from '../support/watched-run.js';

/** SQL that is no check, and what is said of it. */
const SHAPES: readonly (readonly [sql: string, says: RegExp])[] = [
  ['select true, 1 as n from {{this}}', /returns 2 columns/],
  ['select count(*) as n from {{this}}', /returns 1 columns \(n int64\), one row/],
  ['select score > 0 as ok from {{this}}', /returned several rows, one row/],
  ['select true as ok from {{this}} where level > 10', /returned 0 rows, one row/],
  ['select max(nope) > 0 from {{this}}', /checks\[0\]\.sql: .*nope/],
  ['select true from {{that}}', /checks\[0\]\.sql: line 1: unknown helper that/],
  ['delete from source returning true', /checks\[0\]\.sql: /],
  ['drop table source', /checks\[0\]\.sql: /],
  ['with gone as (delete from source returning id) select count(*) > 0 from gone', /checks\[0\]\.sql: /],
  ['select true) as a; drop table source; select * from (select true', /checks\[0\]\.sql: /],
];

for (const kind of HOUSES) {
  test(`nothing live: the distribution passes with a note (${kind})`, async (t) => {
    const house = await makeSource(t, kind, { checks: ['{ column: score, psi_vs: live, max: 0 }'] });
    assert.match(await publish(house), /note {7}score psi: nothing is live to compare with/);
    assert.doesNotMatch(await publish(house), /note/, 'the same scores again have an index of 0');
  });

  test(`a live version without metrics, or without the column, is compared as far as it can be (${kind})`, async (t) => {
    const house = await makeSource(t, kind, { checks: ['{ column: score, psi_vs: live, max: 0.2 }'] });
    await publish(house);
    await house.execute('delete from scorehouse.metrics');
    await publish(house);
    await house.execute('delete from scorehouse.metrics', 'update source set value = value * value');
    assert.equal((await house.run('run')).code, 3);
    const renamed = renderTarget({ checks: ['{ column: other, psi_vs: live, max: 0.2 }'] });
    writeTarget(
      house,
      'scores',
      renamed.replace(
        'label: { from: text_same } }',
        'label: { from: text_same }, other: { from: f64_same } }',
      ),
    );
    assert.match(await publish(house), /other psi: the live version has no such column/);
  });

  for (const write of ['deletes: keep', 'strategy: merge, deletes: keep']) {
    test(`checks look at what is staged, or at the table as it would be: ${write} (${kind})`, async (t) => {
      const house = await makeSource(t, kind, {
        write,
        checks: [
          '{ sql: "select count(*) >= 500 from {{this}}", over: staged }',
          '{ sql: "select count(*) = 1000 from {{this}}" }',
        ],
      });
      await publish(house);
      await house.execute('delete from source where id > 600');
      await publish(house);
      const before = await house.query(SEEN);
      assert.equal(before.length, 1000);

      await house.execute(`insert into source select 2000, 0.5, 1, true, 'a', 'new'`);
      const result = await house.run('run', '--json');
      assert.equal(result.code, 3, result.stdout);
      assert.deepEqual(failedNames(result.stdout), ['checks[1].sql']);
      await house.execute('delete from source where id > 400');
      const staged = await house.run('run', '--json');
      assert.equal(staged.code, 3, staged.stdout);
      assert.deepEqual(failedNames(staged.stdout), ['checks[0].sql']);
      assert.deepEqual(await house.query(SEEN), before);
    });
  }

  test(`a check by SQL of another shape, or one that writes, is exit code 2 (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    await publish(house);
    const before = await house.query(SEEN);
    for (const [sql, says] of SHAPES) {
      writeTarget(house, 'scores', renderTarget({ checks: [`{ sql: ${JSON.stringify(sql)} }`] }));
      const { code, stdout, stderr } = await house.run('run');
      assert.equal(code, 2, sql + stdout + stderr);
      assert.match(stderr, says, sql);
      assert.deepEqual(await house.query(SEEN), before);
    }
    assert.deepEqual(await house.query('select count(*) from source'), [[String(ROWS)]]);
  });

  for (const [check, says] of [
    [
      '{ column: skore, max_null_rate: 0 }',
      /checks\[0\]\.column: "skore" is not among the columns of the predictions/,
    ],
    ['{ column: _run_id, max_null_rate: 0 }', /checks\[0\]\.column: "_run_id" is not among/],
    [
      '{ column: label, psi_vs: live, max: 0.2 }',
      /checks\[0\]\.psi_vs: "label" is text, and only numbers have deciles/,
    ],
  ] as const) {
    test(`plan refuses ${check} (${kind})`, async (t) => {
      const house = await makeSource(t, kind, { checks: [check] });
      const { code, stderr } = await house.run('plan');
      assert.equal(code, 2);
      assert.match(stderr, says);
    });
  }
}

function failedNames(stdout: string): readonly string[] {
  return gateOf(stdout)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);
}
