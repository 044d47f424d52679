import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUSES } from '../support/house.js';
import { parseEvents } from '../support/project.js';
import {
  figuresOf,
  good,
  makeRejecting,
  publish,
  refuse,
  rejectsOf,
  rewrite,
  SEEN,
} from '../support/rejecting.js';

const POLICIES = { f: 'nulls: quarantine', n: 'range: [0, 9]' };

/** 20 rows, of which the given ones lack `f`. */
function rowsWithout(ids: readonly number[]): readonly string[] {
  return Array.from({ length: 20 }, (_, i) =>
    ids.includes(i + 1) ? `${i + 1}, 'p', null, 2, 3, true, 'a'` : good(i + 1),
  );
}

for (const kind of HOUSES) {
  test(`the default takes no reject: the run stops at once, and shows which row (${kind})`, async (t) => {
    const target = { policies: POLICIES, chunkRows: 4 };
    const house = await makeRejecting(t, kind, { ...target, errors: 'budget: 1' }, ...rowsWithout([6]));
    await publish(house);
    const first = await house.query(SEEN);
    await house.execute('update source set n = -1 where id = 18');
    rewrite(house, { ...target, errors: '' });
    const { stderr } = await refuse(house);
    assert.match(
      stderr,
      /REJECT_BUDGET.*1 of 20 rows were rejected, more than errors.budget allows \(0 rows\): f64 null 1/,
    );
    assert.match(stderr, /scorehouse quarantine scores --run [0-9a-f-]{36}/);
    assert.deepEqual(await house.query(SEEN), first, 'readers keep what they had');
    const [read, scored, rejected, published, state] = await figuresOf(house);
    assert.deepEqual([read, rejected, published, state], ['20', '1', '0', 'refused']);
    assert.ok(Number(scored) < 10, `it went on after the second chunk: ${scored} scored`);
    assert.deepEqual(await rejectsOf(house), [['6', 'f64', 'null']]);
    const staged = `select count(*) from information_schema.tables where table_name like 'scores__v%'
      and table_name <> 'scores__versions' and table_schema = 'predictions'`;
    assert.deepEqual(await house.query(staged), [['1']], 'what was staged is gone');
  });

  test(`a rate is of the whole source, and is over as soon as that is certain (${kind})`, async (t) => {
    const target = { policies: POLICIES, chunkRows: 5, errors: 'budget: 10 %' };
    const house = await makeRejecting(t, kind, target, ...rowsWithout([1, 20]));
    await publish(house);
    assert.deepEqual(await figuresOf(house), ['20', '18', '2', '18', 'published']);
    await house.execute('update source set n = 10 where id in (2, 3)');
    const run = await house.run('run', '--json');
    assert.equal(run.code, 3);
    const events = parseEvents(run.stdout);
    const finished = events.at(-1);
    assert.equal(finished?.event === 'run_finished' && finished.rows_rejected, 3);
    assert.ok(!events.some(({ event }) => event === 'staged' || event === 'gate'));
    const told = events.find(({ event }) => event === 'features');
    assert.deepEqual(told?.event === 'features' && told.counts, [
      { feature: 'f64', reason: 'null', action: 'quarantine', rows: 1 },
      { feature: 'i32', reason: 'range', action: 'quarantine', rows: 2 },
    ]);
    const [, , rejected] = await figuresOf(house);
    assert.equal(rejected, '3', 'it stopped after the first chunk, and never saw row 20');
  });

  test(`where every row is rejected nothing is published, unless allow_empty (${kind})`, async (t) => {
    const target = { policies: POLICIES, errors: 'budget: 20' };
    const house = await makeRejecting(
      t,
      kind,
      target,
      ...rowsWithout(Array.from({ length: 20 }, (_, i) => i + 1)),
    );
    assert.match((await refuse(house)).stderr, /REJECT_BUDGET.*and none was scored/);
    rewrite(house, { ...target, more: 'allow_empty: true\n' });
    await publish(house);
    assert.deepEqual(await figuresOf(house), ['20', '0', '20', '0', 'published']);
  });

  test(`a trial counts and records rejects too (${kind})`, async (t) => {
    const house = await makeRejecting(
      t,
      kind,
      { policies: POLICIES, errors: 'budget: 5' },
      ...rowsWithout([2]),
    );
    assert.equal((await house.run('run', '--limit', '20')).code, 0);
    assert.deepEqual(await rejectsOf(house), [['2', 'f64', 'null']]);
  });
}
